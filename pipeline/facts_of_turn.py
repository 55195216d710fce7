"""What the validator holds a reply against, from what the turn looked at."""

from core.domain.conversation import Author
from core.services.turn_state import TurnContext
from pipeline.prompt import BuiltPrompt
from pipeline.reply_facts import ReplyFacts


def facts_for(context: TurnContext, built: BuiltPrompt) -> ReplyFacts:
    """All that is known here, and what must not be said."""
    settings = context.tenant.settings
    said = [line.text for line in [*context.history, *context.new] if line.author is Author.LEAD]
    team = "\n".join(line.text for line in context.history if line.author is Author.ATTENDANT)
    return ReplyFacts(
        # What a person of the team told this lead is as good as a fact of the business.
        known_text=f"{built.public_text}\n{team}" if team else built.public_text,
        team_text=team,
        canaries=(built.canary,),
        internal_notes=(settings.internal_notes,) if settings.internal_notes else (),
        prompt_text=built.instructions,
        lead_text="\n".join([*said, context.lead_name]),
        languages=tuple(dict.fromkeys([context.tenant.locale.split("-")[0], "pt", "en"])),
        max_bubbles=max(settings.max_bubbles, 1),
    )
