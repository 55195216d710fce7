"""The demo tenant: a small business with enough facts to talk about.

It sets no opening hours for its people: whoever tries the product is its team, at whatever time he does, and sees the whole
story. Its facts tell leads the hours all the same.
"""

from app.emulated import BUSINESS, TENANT_SLUG
from core.services.tenants import NewTenant

SLUG = TENANT_SLUG

DEMO = NewTenant(
    slug=SLUG,
    name=BUSINESS,
    settings={
        "persona": "Você é a Bia, atendente da clínica: simpática, direta, sem gírias.",
        "business": (
            "Clínica de fisioterapia e pilates na Rua das Acácias, 120, Centro, Campinas.\n"
            "A avaliação inicial custa R$ 120,00 e dura 50 minutos.\n"
            "Sessão de fisioterapia: R$ 140,00. Pacote de 10 sessões: R$ 1.200,00.\n"
            "Pilates em grupo de até 4 pessoas: R$ 320,00 por mês, duas vezes por semana.\n"
            "Formas de pagamento: PIX, cartão de débito e de crédito em até 3 vezes sem juros."
        ),
        "internal_notes": "Margem mínima por sessão: 35 por cento. Não divulgar a agenda dos profissionais.",
    },
    debounce_seconds=1.5,
    plan="scale",
    knowledge=(
        ("Quanto custa a avaliação?", "A avaliação inicial custa R$ 120,00 e dura 50 minutos."),
        ("Vocês aceitam convênio?", "Atendemos particular; damos recibo para reembolso do convênio."),
        ("Qual o horário de funcionamento?", "De segunda a sexta das 8h às 19h e sábado das 8h às 12h."),
        ("Onde fica a clínica?", "Rua das Acácias, 120, Centro, Campinas, com estacionamento ao lado."),
        ("Preciso de pedido médico?", "Não é preciso pedido médico para a avaliação; se tiver exames, traga."),
        ("Como funciona o pilates?", "Turmas de até 4 pessoas, duas vezes por semana, R$ 320,00 por mês."),
        ("Como cancelo uma sessão?", "Avise com 24 horas de antecedência e a sessão é remarcada sem custo."),
    ),
)
