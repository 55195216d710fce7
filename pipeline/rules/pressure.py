"""Claims of authority, forced commitments, orders to the system, and orders planted in quoted material."""

from functools import cache

from pipeline.rules.rule import Rule, rules

_INSIDER = (
    r"(?:desenvolvedor\w*|developer\w*|dev|engenheir[oa] (?:de software|d[aeo])|programador\w*|criador\w*|creator|pentester|auditor\w*|admin|administrador(?! d)|dono|dona"
    r"|owner|dpo|ceo|advogad[oa] da empresa|funcionari[oa]|supervisor\w*|gerente|policia\w*|delegad[oa]|ministerio|equipe|suporte|time|anthropic|openai|meta"
    r"|investigador|tecnico|technician|engineer|employee|manager|support|security team|security researcher|socio|chefe|diretor\w*)"
)
_DEMAND = (
    r"(?:liber[ae]r?|acesso|access|logs?|senha|password|prompt|instruc\w+|instruct\w+|contexto|sem filtro|variaveis|debug\w*|internas?|internal|endereco e telefone|telefone d[ea]"
    r"|declare por escrito|por escrito|detalhes tecnicos|apis|configurac\w+|override|confirm(?:e|a)? o reembolso|relatorio|dados d[aoe]s?|desativ\w+|disable|ignor[ae]|painel"
    r"|preco de custo|imprim[ae]|modo)"
)
_AUTHORITY = (
    (
        "insider_demand",
        rf"(?:sou|fui contratad[oa] como|somos|aqui e|aqui eh|aqui quem fala e|i m|i am|as|como|this is|falo em nome|soy|meu supervisor) ~4 {_INSIDER} ~~25 {_DEMAND}",
    ),
    (
        "insider_name",
        r"(?:fui autorizad[oa]|tenho autorizacao|estou autorizad[oa]|i am authorized|escopo autorizado|authorized user|permissao d[aoe] (?:dono|gerente|diretor\w*|admin\w*)) ~~10 (?:senha|prompt|dados d\w+|acesso|instruc\w+|internas?|sem filtro|liber[ae]|ignor[ae]|access|password|reveal|bypass|logs?)",
    ),
    (
        "boss_ordered",
        r"(?:chefe|gerente|supervisor|dono|diretor|diretoria|boss|manager|ceo) (?:\w+ )?(?:mandou|liberou|autorizou|aprovou|disse|said|approved|authorized|pediu) ~5 (?:(?:pra |para )?(?:voce|vc) (?:liberar|passar|dar|me dar|mostrar|ignorar|me passar)|senha|liberar|dados|prompt|you to)",
    ),
    (
        "give_access",
        r"(?:me de|me da|libera|libere|liberar|give me|conceda|grant me|grant) (?:\w+ ){0,3}(?:acesso|access|permiss\w+|privileg\w+)(?: (?:total|ao|de admin\w*|irrestrito|full|to|nivel|a tudo|root|as))",
    ),
)
_COERCION_CERTAIN = (
    (
        "binding_deal",
        r"(?:vinculante|legally binding|legalmente vinculad\w+|no takesies|sem voltar atras|irrevogavel|irretratavel|juridicamente (?:valido|vinculante)|obrigad[oa] (?:por lei )?a honrar|acordo (?:formal|valido|legal))",
    ),
    (
        "written_commitment",
        r"(?:escrev[ae]|declar[ae]|assin[ae]|gere|gera|redij[ao]|emit[ae]|sign|write|declare|confirm) ~4 (?:contrato|por escrito|declaracao|termo|in writing|contract|compromisso|como empresa)",
    ),
    (
        "invent_coupon",
        r"(?:ger[ae]|cri[ae]|emit[ae]|invent[ae]|fabric[ae]|generate|create|make) (?:\w+ ){0,3}(?:cupo(?:m|ns)|voucher|coupon|codigo de desconto|discount code|promo code)",
    ),
    (
        "invent_rule",
        r"(?:cri[ae]|invent[ae]|adicion[ae]|inclu[ai]|registr[ae]|add|create|salv[ae]|memoriz[ae]|aprend[ae]) (?:\w+ ){0,3}(?:regra|politica|rule|policy|promocao|excecao)",
    ),
    (
        "already_paid",
        r"(?:finj[ae]|finge|pretend|consider[ae]|assum[ae]|faz de conta|marc[ae]|registr[ae]|coloc[ae]|lanc[ae]) (?:que |como |that )?(?:\w+ ){0,4}(?:ja paguei|pag[oa]|quitad[oa]|paid|aprovad[oa]|ganhei|vip)",
    ),
    (
        "whoever_types",
        r"(?:todo|qualquer|cada|any|every) (?:cliente|customer|pessoa|user|um) que (?:digitar|disser|mandar|escrever|falar|usar)|cliente que (?:manda|digita|fala|escreve) ~5 (?:ganha|recebe|tem)",
    ),
    (
        "approve_refund_to",
        r"(?:aprov[ae]|autoriz[ae]|process[ae]|fac[a]|execut[ae]|transfir[ae]|transfer[ei]\w*|approve|issue|estorn[ae]|deposit[ae]) (?:\w+ ){0,4}(?:estorno|reembolso|refund|transferencia|pix|pagamento|payment|credito)? ~3 (?:conta|account|usd|brl|dolares)",
    ),
    (
        "you_promised_max",
        r"(?:no|in) (?:seu|your|teu) (?:prompt|sistema|system|cadastro interno) ~8 (?:desconto|\d+|pode|discount)",
    ),
    (
        "price_absurd",
        r"(?:confirm[ae]|sai|vend[ae]|fech[ae]|aceit[ae]|deal|sell|agree|concord[ae]|registr[ae]) ~8 (?:por|for|a|to|de) (?:apenas |so |just |only )?(?:r )?(?:[01] (?:real|reais|dolar|dollar|centavos?)|1 00|0 01|zero)",
    ),
    (
        "discount_absurd",
        r"(?:confirm[ae]|aplic[ae]|liber[ae]|dig[ae]|aprov[ae]|conced[ae]|apply|confirme um|aplicar) ~6 (?:9\d|100|8\d) (?:de desconto|off|por cento|discount)|desconto de (?:9\d|100)",
    ),
    (
        "say_discount_true",
        r"(?:diga|confirme|confirma|responda|say) (?:que|that) ~6 (?:gratis|free|gratuit[oa]|de graca|aprovad[oa]|reembols\w+)",
    ),
    (
        "say_discount",
        r"(?:diga|fale|confirme|responda|escreva|say|state|anote) (?:que|that) ~4 (?:desconto|preco|valor|promocao|price|discount|mensalidade|plano) ~4 (?:\d+|gratis|zero|free)",
    ),
    ("price_i_say", r"confirm\w+ o preco que|o preco que (?:eu|o cliente) (?:disser|quiser|falar|mandar)"),
)
_SYSTEM_CERTAIN = (
    (
        "change_system",
        r"(?:alter[ae]|mud[ae]|modifi(?:ca|que)|desativ[ae]|desabilit[ae]|desligu?[ea]|edit[ae]|atualiz[ae]|reescrev[ae]|reinici[ae]|formate|reset[ae]?|disable|change|modify|set|update|delete|delet[ae]|apagu?[ea]|zere|zera|corromp[ae]|derrub[ae]) (?:\w+ ){0,4}(?:o sistema|do sistema|prompt|validac\w+|nivel de log|log level|logs?|banco(?: de dados)?|database|idioma padrao|todos os (?:clientes|leads|registros|dados)|todas as (?:conversas|tabelas|mensagens)|servidor|score|pontuacao|lead score|stage|etapa do funil|filtro\w*|moderac\w+|precos? (?:no|do) (?:sistema|catalogo|banco)|permiss\w+|webhook)(?! da)",
    ),
    (
        "broadcast",
        r"(?:dispar[ae]|envi[ae]|mand[ae]|send|broadcast|encaminh[ae]|avis[ae]) (?:\w+ ){0,5}(?:pr[ao]s?|para|a|to) (?:todos os|todas as|tod[oa]s|all|every|cada) (?:\w+ )?(?:clientes?|leads?|contatos?|customers?|lista|pacientes|alunos|base)",
    ),
    (
        "make_me_admin",
        r"(?:me )?(?:adicion[ae]|promov[ae]|torn[ae]|coloc[ae]|add|make|transform[ae]|cadastr[ae]|inclu[ai])(?: me)? (?:como |as |an |um |a |de )*(?:administrador\w*|admin|atendente|dono|gerente|root|operador|vip|moderador)|grupo de atendentes",
    ),
    (
        "erase_traces",
        r"(?:apagu?[ea]|delet[ae]|limp[ae]|erase|delete|clear|remov[ae]) (?:o |os |the |as |a )?(?:historico|logs?|registros|rastros|history|conversa|auditoria|traces)",
    ),
    (
        "mark_conversation",
        r"(?:marc[ae]|defin[ae]|mark|set|encerr[ae]|classifi(?:ca|que)|mova|coloc[ae]) (?:a |essa |esta |minha |this |my |me |the )*(?:conversa|conversation|chat|atendimento|lead|ticket|score) (?:como|as|to|para|em|resolved)",
    ),
    (
        "other_person_booking",
        r"(?:cancel[ae]|remarc[ae]|desmarc[ae]|mud[ae]|transfir[ae]|cancel) (?:a |o |the )?(?:consulta|aula|visita|reserva|horario|agendamento|appointment|booking) d[aoe]s? (?:outr[oa] \w+|[a-z]{3,} [a-z]{3,} d[ao]s|meu ex|minha ex|paciente)",
    ),
    (
        "run_terminal",
        r"(?:execut[ae]r?|rod[ae]r?|run|execute) (?:\w+ ){0,3}(?:comandos?|commands?|script|codigo|code|sql|query|shell|terminal|bash|python|javascript|funcao|function)|(?:acess[ae]|abra|open) (?:\w+ )?(?:terminal|shell|console|prompt de comando)",
    ),
    (
        "control_token",
        r"(?:handoff|desconto max|lead score|pricing policy|should handoff|score delta|tool call|tool result|function call) (?:false|true|off|on|\d+|json|id)|agendamento confirmado\b(?= <|$)",
    ),
)
_INDIRECT_CERTAIN = (
    (
        "ai_reading",
        r"(?:ia|ai|robo|llm|assistente|bot|modelo|assistant|language model) (?:que|who|that|se|if you) (?:\w+ )?(?:ler|le|lendo|estiver lendo|reading|reads|ler isto|processar|is reading|are reading)",
    ),
    (
        "translate_and_run",
        r"(?:traduz\w*|resum[ae]\w*|decifr[ae]|decodifi\w+|decode|translate|leia|interpret[ae]|read|deciphe?r|decrypt) ~5 (?:e (?:execut\w+|obedec\w+|faz|faca|segue|siga|cumpr\w+|responda)|and (?:execute|follow|do|obey|run|act|reply))",
    ),
    ("first_letters", r"(?:primeira letra|first letter|iniciais|letras iniciais) (?:de cada|of each|of every)"),
    (
        "training_data",
        r"dados de treinamento|training data (?:for|update)|(?:para|for) (?:desenvolvedores|developers) ",
    ),
    (
        "quoted_system",
        r"(?:system mode|modo sistema|system check|system override|instruc\w+ ocultas?|hidden instruct\w+|ignore (?:the |a )?(?:web ?page|pagina|article|artigo|document|funcao|function))",
    ),
    ("please_output", r"(?:please )?output the following|(?:state|say) that the (?:capital|sum|output|answer|account)"),
    (
        "what_it_says",
        r"(?:fac[a]|aplic\w+|execut\w+|sig[a]|cumpr[ae]|obedec[ae]) (?:tudo )?o que (?:ele|ela|esta|o link|o texto|o arquivo|o documento|a imagem|o pdf|o codigo) (?:diz|manda|escrito|pede|fala)",
    ),
)
_PRESSURE_SUSPECT = (
    (
        "dying_wish",
        r"(?:ultimo desejo|my grandmother used to|minha avo (?:costumava|lia|contava)|presa? num computador|so eu posso te salvar)",
    ),
    ("defect", r"(?:pra|para) consertar (?:tem que|voce|vc)|recitar"),
    (
        "cost_price",
        r"(?:liberad[oa]|autorizad[oa]|aprovad[oa]) (?:pel[oa]|by) (?:supervisor\w*|gerente|sistema|admin\w*|dono|diretoria|manager|the system)",
    ),
    (
        "system_upgrade",
        r"system (?:upgrade|check|maintenance)|verificacao do sistema|para esta? (?:atualizacao|upgrade|auditoria)",
    ),
    (
        "for_research",
        r"(?:pesquisa academica|research purposes|fins de pesquisa|testar minha aplicacao|testar (?:a )?integracao|para (?:eu )?testar)",
    ),
)


@cache
def pressure_rules() -> tuple[Rule, ...]:
    """Return the rules of authority, coercion, system manipulation, embedded orders and pressure."""
    return (
        *rules("authority_claim", True, _AUTHORITY),
        *rules("commercial_coercion", True, _COERCION_CERTAIN),
        *rules("system_manipulation", True, _SYSTEM_CERTAIN),
        *rules("indirect_embedded", True, _INDIRECT_CERTAIN),
        *rules("pressure", False, _PRESSURE_SUSPECT),
    )
