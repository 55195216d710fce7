"""What only punctuation tells: code, forged roles and control marks.

Matched on the cleaned text in lower case, not on its words.
"""

import re
from functools import cache

from pipeline.rules.rule import Rule

_CODE = (
    (
        "sql",
        r"\b(?:drop|truncate|alter)\s+(?:table|database)\b|\bunion\s+(?:all\s+)?select\b|\bselect\b.{1,60}\bfrom\s+\w+|\bdelete\s+from\b|\binsert\s+into\b|'\s*(?:or|and)\s*'?\d*'?\s*=|\bupdate\s+\w+\s+set\s+\w+\s*=|;\s*--|\bxp_cmdshell\b",
    ),
    (
        "shell",
        r"\brm\s+-\w*r|\bsudo\s+\w|/etc/(?:passwd|shadow|hosts)|\b(?:ba|z|)sh\s+-c\b|\bchmod\s|\b(?:curl|wget)\s.{0,80}(?:https?:|\|)|\$\((?:env|whoami|id|cat|curl|ls)|\|\s*(?:ba)?sh\b|\bnc\s+-|\bpowershell\b|(?:^|[;&|])\s*(?:cat|ls|whoami|printenv)\s+[/~$-]|&&\s*(?:echo|rm|cat|\./)",
    ),
    (
        "script",
        r"<\s*(?:script|iframe|img|svg|object|embed)\b|javascript:|\bon(?:error|load|click)\s*=|document\.cookie|\beval\s*\(|\bexec\s*\(|__import__|\bos\.(?:system|environ|popen|cmd)|os:cmd|\bsubprocess\b|child_process|\bprocess\.env\b|\bimport\s+os\b|\b(?:i?python|perl|ruby|php|node|erlang)\w*+\s+-(?=\w{0,10}[ce])\w{1,20}+\s|\bprint\s*\(\s*[\"'\w]",
    ),
    (
        "template",
        r"\$\{[^}]{1,80}\}|\{\{[^}]{1,80}\}\}|\{%.{1,80}%\}|<%=|#\{[^}]{1,40}\}|\{\s*\"?\$(?:ne|gt|where|regex|in)\b|\.\./\.\./|%00|\bfile://|\bgopher://|169\.254\.169\.254",
    ),
    ("latex", r"\\(?:input|include|write18|immediate)\b"),
)
_ROLE_WORD = (
    r"(?:system|sistema|assistant|assistente|developer|desenvolvedor|admin\w*|root|instru\w*|prompt|tool\w*|function\w*|user|usu[aá]rio|human|humano|contexto?|context"
    r"|history|hist[oó]rico|mensagem\w*|message\w*|base_de\w*|knowledge\w*|lead\w*|rules|regras|policy|politica|im_start|im_end|endoftext|thinking|decision|override)"
)
_SPOOF = (
    (
        "tag",
        rf"<\s*+[/|]?\s*+(?>{_ROLE_WORD})[^<>]{{0,120}}+>|<\|\w+\|>|\[/?(?:inst|sys|system|sistema|override|handoff|admin)\w*+[\s\]:]|<</?sys>>",
    ),
    (
        "role_line",
        r"(?:^|\n)[^\S\n]*+(?:\[|\(|\*\*|#++\s*+)?(?:system|sistema|assistant|developer|desenvolvedor|atendente humano|mensagem do sistema[^:\n]{0,40}|system note|system message|nota do sistema|override|instru[cç][aã]o do sistema)(?:\]|\)|\*\*)?\s*[:>=]",
    ),
    (
        "role_inside",
        r"\[(?:system|sistema|atendente humano|supervisor|admin|assistant|bot)[^\]\n]{0,40}\]|\b(?:sistema|system|usu[aá]rio|user|assistant|atendente)\s*:\s*\S.{3,}(?:sistema|system|usu[aá]rio|user|assistant|atendente)\s*:",
    ),
    (
        "end_mark",
        r"(?<![-=#%*])[-=#%*]{2,}+\s*+(?:fim|end|inicio|begin|start|nova?s?|new)\b|(?:prompt|instructions?|instru[cç][oõ]es) (?:end|start)\b|\b(?:end|fim) (?:of |das? |do |de )?(?:system|user|prompt|instru\w+|ambiguity|login|cluster)|(?:^|\n)[=#-]{3,}+\n[=#-]{3}",
    ),
    (
        "control_mark",
        r"\b(?:handoff|score|lead_score|desconto(?:_\w+)?|pricing_policy|stage|confidence|should_handoff|admin|is_admin|debug|role|tool_calls?)\"?\s*[=:]\s*\"?(?:true|false|off|on|system|\d{2,})|\bagendamento_\w+|\b(?:desconto|pagamento|reembolso|cupom)_(?:aprovado|confirmado|liberado)",
    ),
    (
        "json_order",
        r"\{[^{}]{0,200}\"(?:role|tool|function|tool_calls|name|action|handoff|reply|desconto\w*|aprovado\w*|instru\w*|system)\"\s*:",
    ),
)
_OTHER_SCRIPTS = (
    ("chinese", r"(?:忽略|无视|忘记).{0,8}(?:指示|指令|规则|提示)|系统提示|系統提示"),
    ("japanese", r"(?:指示|命令|ルール).{0,6}(?:無視|忘れ)|システムプロンプト"),
    ("arabic", r"تجاهل.{0,12}(?:التعليمات|القواعد)"),
    ("korean", r"(?:지시|명령|규칙).{0,6}무시|비밀번호|프롬프트"),
)
_EMBEDDED = (
    ("hidden_comment", r"<!\s?--|display\s*:\s*none|font-size\s*:\s*0|color\s*:\s*(?:white|#fff)"),
    (
        "file_order",
        r"\[(?:documento|imagem|audio|document|arquivo|image|pdf)[^\]]{0,20}\].{0,60}\b(?:ignor|execut|instru|libere|obede)",
    ),
)


@cache
def layout_rules() -> tuple[Rule, ...]:
    """Return the rules that look at the characters of a message, in lower case."""
    kinds = (
        ("code_injection", _CODE),
        ("role_spoof", _SPOOF),
        ("indirect_embedded", _EMBEDDED),
        ("instruction_override", _OTHER_SCRIPTS),
    )
    return tuple(
        Rule(f"{kind}.{name}", re.compile(pattern, re.DOTALL), certain=True)
        for kind, patterns in kinds
        for name, pattern in patterns
    )
