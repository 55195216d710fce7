"""What leads say of their data, and what only sounds like it."""

from core.domain.data_request import RequestKind

ASKED = {
    RequestKind.ERASURE: (
        "apaguem meus dados", "Apaguem meus dados!", "quero excluir meu cadastro", "com base na lgpd solicito a exclusão do meu cadastro",
        "Podem apagar todos os meus dados pessoais, por favor?", "quero que meus dados sejam apagados", "exclui meu cadastro ai",
        "Solicito a eliminação dos meus dados pessoais nos termos da LGPD", "apaga tudo que vocês têm sobre mim", "como faço pra excluir meus dados?",
        "Quero ser esquecido", "exijo a exclusão das minhas informações", "deletem minhas informações", "remova meu cadastro", "gostaria que meus dados fossem excluídos",
        "quero exercer meu direito ao esquecimento", "favor apagar o meu histórico", "quero apagar as minhas informações pessoais daí",
        "please delete my data", "delete all my personal data", "I want my data erased", "erase everything you have about me",
        "Please remove my information from your system", "I request the deletion of my personal data", "right to be forgotten please", "delete my account",
        "can you delete all the data you have on me?",
    ),
    RequestKind.ACCESS: (
        "quais dados vocês têm?", "quais dados vocês têm sobre mim?", "Quais dados meus vocês têm?", "que informações vocês guardam sobre mim", "o que vocês sabem sobre mim?",
        "quero acesso aos meus dados", "quero uma cópia dos meus dados pessoais", "Solicito acesso aos meus dados pessoais com base na LGPD", "vocês guardam meus dados?",
        "vocês têm algum dado meu?", "quais são os dados que vocês têm sobre mim", "quero ver meus dados", "me mandem uma copia dos meus dados",
        "gostaria de saber quais dados vocês têm sobre mim", "quais informações pessoais vocês coletam?", "quero saber tudo o que vocês têm sobre mim",
        "quero a portabilidade dos meus dados",
        "what data do you have on me?", "What information do you keep about me?", "send me a copy of my data", "what do you have stored about me", "I want to access my personal data",
        "do you store any data about me?", "this is a subject access request", "give me all my data",
    ),
    RequestKind.CORRECTION: (
        "quero corrigir meus dados", "corrijam meu cadastro", "solicito a correção dos meus dados", "please correct my personal data",
    ),
}  # fmt: skip
TALK = (
    "quero dados do imóvel", "quais dados vocês precisam?", "quais dados você precisa pra fazer o orçamento?", "errei meus dados", "vou mandar meus dados",
    "posso passar meus dados por aqui?", "Não quero compartilhar meus dados", "Não quero mais informar meus dados", "reinicia meu cadastro que eu errei o email",
    "altera meu nome no cadastro, tá errado", "como realizar cadastro de usuários", "quero fazer meu cadastro", "meus dados bancários são esses", "como apago os dados do meu celular?",
    "quero apagar meus dados do iphone antes de vender", "vocês apagam dados de HD?", "não apaguem meus dados", "por favor não excluam meu cadastro", "perdi meus dados quando formatei",
    "quais informações vocês têm sobre o apartamento?", "o que vocês sabem sobre esse bairro?", "quero excluir um item do pedido", "apaga essa foto que mandei", "cancela meu pedido",
    "qual o pacote de dados do plano?", "meu plano de dados acabou", "quero remover tatuagem", "exclui o frete por favor", "vocês têm meu pedido?", "vocês têm o meu número?",
    "quero atualizar meu endereço", "vocês vendem meus dados?", "quais dados eu preciso pra alugar", "que dados vocês pedem?", "quero ver as informações do carro",
    "what data plan do you have?", "what do you know about the neighbourhood?", "can you delete the last item?", "I lost my data", "how do I remove stains?",
    "delete my data from my old phone", "please don't delete my data", "I will send you my data", "what information do you need?", "remove my name from the waiting list",
    "what information do you have about the flat?", "quero esquecer esse assunto", "tem como apagar a luz do letreiro?", "", "?", "oi, tudo bem?",
)  # fmt: skip
WITH_MORE = (
    ("apaguem meus dados. E quanto custa a consulta?", RequestKind.ERASURE),
    ("quais dados vocês têm sobre mim? e qual o endereço da loja?", RequestKind.ACCESS),
)
"""And something to be answered besides."""
