"""A reply claims no deed that nobody did; offers, questions, conditions and the lead's own words claim none."""

from dataclasses import replace

import pytest

from pipeline.deeds import claims_deed
from pipeline.reply_facts import ReplyFacts
from pipeline.validator import validate
from tests.unit.pipeline.test_validator import FACTS

THREE_LANGUAGES = replace(
    FACTS, lead_text="oi, hello, hola, quero marcar uma consulta please", languages=("pt", "en", "es"), max_bubbles=2
)
CLAIMS = [
    "Agendei sua consulta para amanhã às 10h!",
    "Pronto, agendei para você.",
    "Já agendei, posso ajudar em algo mais?",
    "Sua consulta está marcada para terça.",
    "Sua consulta já está confirmada, se precisar remarcar é só avisar.",
    "Já reservei seu horário.",
    "Enviei o boleto para o seu e-mail.",
    "Te mandei o link de pagamento por e-mail.",
    "Cancelei sua consulta.",
    "Não se preocupe, já cancelei sua assinatura.",
    "Sem problemas, remarquei para quinta!",
    "Acabei de reagendar sua consulta.",
    "Consegui encaixar você na quinta às 9h.",
    "Agendado! Te esperamos.",
    "Consulta marcada para quinta às 15h.",
    "Reserva confirmada com sucesso!",
    "Tá marcado então!",
    "Está tudo confirmado para amanhã.",
    "Ficou agendada sua avaliação para sexta.",
    "Seu reembolso foi processado.",
    "Seu estorno já está sendo processado.",
    "Seu pedido foi cancelado.",
    "Você já está inscrita na turma.",
    "Verifiquei na agenda e temos horário amanhã às 10h.",
    "Falei com a equipe e está tudo certo.",
    "Deixei seu horário reservado.",
    "Coloquei você na lista de espera.",
    "Fiz a sua reserva para dois.",
    "Sua consulta ficou para amanhã às 10h.",
    "Prontinho, sua visita é sábado às 9h.",
    "Seu cadastro foi atualizado.",
    "Perfeito! Consulta agendada para amanhã.",
    "Alterei o horário da sua aula para as 19h.",
    "Recebi seu pedido e sua mesa está reservada.",
    "Abri um chamado para você.",
    "Dei baixa no seu pagamento.",
    "O boleto foi enviado para o seu e-mail.",
    "Já está agendado, viu?",
    "Agendamos sua visita? Sim, já agendamos!",
    "I've booked you in for tomorrow at 10.",
    "I booked you in.",
    "I just cancelled your order.",
    "Your appointment is confirmed for Tuesday.",
    "Your refund is processed.",
    "Your refund has been processed.",
    "We've refunded your payment.",
    "You're all set for tomorrow!",
    "You are booked in for 10am.",
    "Done! Your appointment is tomorrow at 10.",
    "I was able to reschedule your visit.",
    "I've sent the invoice to your email.",
    "All booked for Friday.",
    "Booked!",
    "Agendé su cita para mañana.",
    "He reservado su mesa.",
    "Su cita está confirmada.",
    "Sí, su cita está confirmada para el martes.",
    "Ya le envié la factura.",
    "Ya quedó agendada su cita.",
    "Cancelé tu pedido.",
    "Tu reembolso fue procesado.",
    "Su cita es mañana a las 10.",
    "Tudo certo, seu horário está garantido!",
    "Prontinho! Já deixei tudo agendado por aqui 😊",
    "Marquei pra você quinta 14h, tá?",
    "A sua reserva tá feita.",
    "Já fiz o agendamento, ok?",
    "Já efetuei o cancelamento da sua matrícula.",
    "Já solicitei o reembolso ao financeiro.",
    "Seu boleto já foi gerado e enviado por e-mail.",
    "Já está na agenda da Dra. Julia Ramos para amanhã às 9h.",
    "Acabei de enviar o contrato para o seu e-mail.",
    "Reservei a mesa 4 para vocês.",
    "Ok, cancelado.",
    "Remarcado para sexta às 16h!",
    "Te inscrevi na turma da noite.",
    "Sua matrícula foi concluída com sucesso.",
    "Sua vaga está reservada!",
    "Seu horário foi remarcado para as 15h.",
    "Confirmado! Amanhã às 10h.",
    "Confirmei com a equipe e pode vir às 10h.",
    "Já coloquei seu nome na agenda de amanhã.",
    "Seu pagamento foi confirmado.",
    "Recebemos seu pagamento e sua inscrição está confirmada.",
    "O estorno foi feito no seu cartão.",
    "O pedido já saiu para entrega.",
    "Anotado e agendado!",
    "Certo, consulta remarcada.",
    "Pode ficar tranquila, sua avaliação está agendada para segunda.",
    "Infelizmente não temos às 9h, mas agendei para as 10h.",
    "Seu teste está marcado para sábado.",
    "Done, I cancelled it.",
    "I have gone ahead and booked you for Friday.",
    "Your table is reserved.",
    "Your booking has been cancelled.",
    "Your order's been shipped.",
    "You've been booked in for 3pm.",
    "We have scheduled your visit.",
    "Your slot is secured.",
    "I put you down for Monday at 9.",
    "I've emailed you the invoice.",
    "Great news, your refund went through!",
    "Your appointment has been moved to Thursday.",
    "Reservé su mesa para las 8.",
    "Listo, su reserva está hecha.",
    "Ya cancelé su suscripción.",
    "Su pedido ha sido cancelado.",
    "Le he enviado el contrato por correo.",
    "Queda confirmada su visita.",
]
CLAIMS_NOTHING = [
    "Quer que eu peça à equipe para agendar?",
    "Para agendar, me diga o melhor dia.",
    "Posso pedir que marquem para você.",
    "Quer agendar uma avaliação?",
    "Gostaria de confirmar seu horário?",
    "Sua consulta já está marcada?",
    "Você disse que sua consulta está marcada para terça.",
    "Você comentou que já agendou com a Dra. Julia Ramos.",
    "Assim que a equipe confirmar, seu horário fica reservado.",
    "Seu horário fica reservado quando a equipe confirmar.",
    "Sua consulta só fica confirmada após o pagamento.",
    "Se preferir, posso deixar um recado para a equipe agendar.",
    "Ainda não agendei nada, preciso confirmar com a equipe.",
    "Sua consulta ainda não está marcada.",
    "Não consigo agendar por aqui, mas a equipe pode.",
    "Vou pedir para a equipe cancelar sua consulta.",
    "Vou passar para a equipe marcar o seu horário.",
    "A equipe vai confirmar o horário com você.",
    "Combinado! Vou chamar a equipe.",
    "Fechado! Alguém da equipe te chama.",
    "Pronto, aqui está o endereço: Rua das Flores, 100.",
    "Prontinho! Qualquer dúvida estou aqui.",
    "Feito! Anotei seu nome.",
    "Anotei aqui que você prefere a tarde.",
    "Para cancelar, avise com 24h de antecedência.",
    "A remarcação pode ser feita com 24h de antecedência.",
    "Se a sua consulta foi cancelada, a equipe pode remarcar.",
    "Caso o pagamento tenha sido feito, envie o comprovante.",
    "Você já enviou o comprovante?",
    "Qual horário está reservado no seu nome?",
    "Entendi que você quer saber se a consulta está confirmada. Vou verificar com a equipe.",
    "Preciso que a equipe confirme se o seu horário está reservado.",
    "Vou verificar com a equipe se sua consulta está marcada.",
    "O plano inclui sua avaliação.",
    "Consultas marcadas pelo site têm 5% de desconto no PIX.",
    "Quando sua consulta estiver marcada, você recebe uma mensagem.",
    "Como te enviei acima, o endereço é Rua das Flores, 100.",
    "Seu e-mail está correto?",
    "O estacionamento é reservado para clientes.",
    "Não cancelei nada, pode ficar tranquilo.",
    "Would you like me to ask the team to book you in?",
    "I can ask the team to schedule it.",
    "To book, tell me which day suits you.",
    "Once the team confirms, your appointment will be booked.",
    "If your appointment is confirmed, bring your ID.",
    "I haven't booked anything yet.",
    "Is your appointment confirmed?",
    "You said your appointment is confirmed.",
    "Your appointment isn't booked yet.",
    "I can't cancel it from here, but the team can.",
    "I have noted your name.",
    "¿Quiere que el equipo agende su cita?",
    "Puedo pedir que reserven su mesa.",
    "Para agendar, dígame qué día prefiere.",
    "Su cita todavía no está confirmada.",
    "Cuando su cita esté confirmada, le avisamos.",
    "Si su cita está confirmada, traiga su documento.",
    "Claro! Me diz o dia e o horário que você prefere e eu peço para a equipe confirmar.",
    "Posso anotar sua preferência e a equipe confirma o agendamento.",
    "Ótimo! Para qual dia você gostaria de marcar?",
    "A equipe vai te enviar o boleto.",
    "Vou encaminhar seu pedido de cancelamento para a equipe.",
    "A confirmação do horário é feita pela equipe.",
    "Não tenho acesso à agenda para confirmar.",
    "Não consigo ver se o seu pagamento foi confirmado, vou chamar alguém da equipe.",
    "Vou pedir para verificarem se o estorno foi feito.",
    "Você já marcou com a gente antes?",
    "Você foi atendida pela Dra. Julia Ramos?",
    "A consulta precisa ser marcada com antecedência.",
    "O resultado do exame é enviado em até 3 dias úteis.",
    "Se o exame já foi realizado, o resultado sai em até 3 dias úteis.",
    "Entendi, você já pagou a consulta.",
    "Que bom que você já agendou!",
    "Entendo, sua consulta foi cancelada e você quer remarcar, certo?",
    "Obrigado por avisar que cancelou.",
    "Temos garantia de 1 ano na prótese.",
    "Seus dados ficam protegidos.",
    "O cartão é aceito em até 6x sem juros.",
    "Estamos abertos aos sábados das 8h às 12h.",
    "Ficou alguma dúvida?",
    "Está tudo bem?",
    "Espero ter ajudado!",
    "Ficamos combinados assim: vou chamar a equipe.",
    "Quer que eu deixe seu pedido anotado para a equipe?",
    "Só a equipe confirma horários; posso chamá-la?",
    "Assim que possível a equipe retorna com a confirmação.",
    "Sua mensagem foi recebida, a equipe já vai te responder.",
    "Recebi sua mensagem!",
    "Recebi o comprovante, obrigado! A equipe vai conferir.",
    "Já passei sua dúvida para a equipe.",
    "Sinto muito que seu pedido foi cancelado, vou chamar alguém.",
    "Lamento que sua consulta tenha sido desmarcada.",
    "Nossa agenda é confirmada por telefone.",
    "What day works for you? The team will confirm your appointment.",
    "I'm not able to see whether your payment was confirmed.",
    "Sorry to hear your order was cancelled. Let me get someone from the team.",
    "Thanks for letting me know you've booked already.",
    "Did you already pay?",
    "We are open Monday to Friday.",
    "Appointments are confirmed by our team.",
    "Would you like to be booked in for a visit?",
    "¿Ya agendó su cita?",
    "El equipo confirmará su reserva.",
    "Lamento que su pedido fue cancelado, llamo al equipo.",
    "No puedo confirmar citas, pero el equipo sí.",
]


@pytest.mark.parametrize("reply", CLAIMS)
def test_a_deed_that_no_system_did_is_stopped(reply: str) -> None:
    """In the first person or as a state of things, in Portuguese, English and Spanish."""
    assert "over_promise.action" in validate([reply], THREE_LANGUAGES).reasons


@pytest.mark.parametrize("reply", CLAIMS_NOTHING)
def test_what_claims_nothing_goes_out(reply: str) -> None:
    """Offers, questions, conditions, refusals, regrets, habits of the business, and what the lead himself said."""
    assert validate([reply], THREE_LANGUAGES).reasons == ()


def test_a_deed_over_two_bubbles_is_stopped() -> None:
    """The second bubble is read like the first."""
    assert "over_promise.action" in validate(["Claro!", "Agendei para as 10h."], THREE_LANGUAGES).reasons


def test_the_leads_own_words_in_quotes_claim_nothing() -> None:
    """What he wrote may be quoted; what he never wrote is no quotation."""
    facts = ReplyFacts("", lead_text="recebi assim: agendei sua consulta")
    assert not claims_deed('Recebeu "agendei sua consulta" de outra empresa.', facts)
    assert claims_deed('Recado: "reservei sua mesa".', facts)


def test_what_a_person_of_the_team_has_done_may_be_told_again() -> None:
    """He said so in this conversation; of anything else nobody did."""
    facts = ReplyFacts("", team_text="Oi! Agendei sua avaliação para sexta às 10h.")
    assert not claims_deed("Sua avaliação está marcada para sexta.", facts)
    assert claims_deed("Seu boleto foi enviado.", facts)


def test_a_fact_of_the_business_is_no_deed() -> None:
    """What the business itself says of its rooms is no claim about this lead."""
    facts = ReplyFacts("O salão azul fica reservado para eventos aos sábados.")
    assert not claims_deed("O salão azul está reservado para eventos.", facts)
    assert claims_deed("O seu salão azul está reservado.", facts)
