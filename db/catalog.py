"""What stands outside row-level security or its habits, each with its reason; tests hold the database to these lists."""

from collections.abc import Mapping

PLATFORM_TABLES: Mapping[str, str] = {
    "tenants": "the list of tenants itself; the tenants' role sees its own row by a policy on id",
    "credential_sets": "a delivery is verified before its tenant is known; one set may serve accounts of several tenants",
    "job_runs": "one run of a job covers the whole installation",
    "telegram_updates": "stored before it is acknowledged, when its tenant is not known yet",
    "parked_payloads": "a queue entry that nobody can read names no tenant",
    "leader_leases": "singleton processes serve the whole installation",
    "tortoise_migrations": "which migrations the database has",
}
"""Tables whose rows belong to the installation. Every other table has a tenant and forced row-level security."""

WIDER_KEYS: Mapping[str, str] = {
    "channel_accounts_bound": "an account of a provider under one credential set leads to one tenant only",
    "telegram_chats_group": "a group of Telegram is one tenant's",
    "app_sessions_launch": "a launch of the Mini App opens one session, in whichever tenant",
}
"""Unique keys of tenants' tables that do not begin with the tenant."""

LOOSE_REFERENCES: Mapping[str, str] = {
    "channel_accounts.credential_set_id": "credential sets belong to the installation: a plain foreign key",
    "messages.lead_id": "a copy of the conversation's, written with it; spares the hot path a key lookup",
    "messages.channel_account_id": "a copy of the conversation's, written with it; spares the hot path a key lookup",
    "messages.turn_id": "names the turn before its row is written, at its end",
    "raw_events.channel_account_id": "an event is kept though its account may be gone; spares the hot path a key lookup",
    "lead_months.first_message_id": "the count outlives an erased message",
    "score_changes.turn_id": "written before the turn's row is",
    "hand_offs.lead_id": "a copy of the conversation's, written with it",
    "hand_offs.turn_id": "written before the turn's row is",
    "ai_calls.turn_id": "costs outlive what they were spent on, and calls outside turns have none",
    "ai_calls.conversation_id": "costs outlive what they were spent on",
    "security_incidents.conversation_id": "an incident outlives an erased conversation",
    "security_incidents.turn_id": "written before the turn's row is",
    "notifications.subject_id": "the kind says which table it names",
    "dead_letters.subject_id": "the kind says which table it names",
    "telegram_posts.subject_id": "the kind says which table it names",
    "telegram_messages.message_id": "what a reply means outlives an erased message",
}
"""Ids in tenants' tables without a composite foreign key. Policies still hide every other tenant's rows."""

DEFINER_FUNCTIONS: Mapping[str, str] = {
    "search_knowledge": "full-text search under row-level security would lose its index: @@ is not leakproof",
    "find_leads": "the same, and LIKE is not either; gives ids alone, whose rows are read under row-level security",
}
"""Functions that run with their owner's rights: a role that only may read, with a fixed search path."""

PLATFORM_WORDS: Mapping[str, str] = {
    "channel_accounts.channel": "whose webhook it is",
    "channel_accounts.external_id": "the provider's id, by which events are routed",
    "channel_accounts.business_id": "the provider's id, by which events are routed",
    "channel_accounts.status": "an enumeration",
    "conversations.status": "an enumeration",
    "messages.author": "an enumeration",
    "messages.direction": "an enumeration",
    "messages.status": "an enumeration",
    "notifications.kind": "an enumeration",
    "notifications.status": "an enumeration",
    "members.role": "an enumeration",
    "members.language": "the language an update is answered in before the tenant is known",
    "invites.token_hash": "how an invitation is found; a hash, not the token",
    "telegram_chats.kind": "an enumeration",
    "telegram_chats.status": "an enumeration",
    "telegram_posts.kind": "an enumeration",
    "dead_letters.kind": "an enumeration",
    "dead_letters.error": "for operators; errors hold no words of a lead (see core.domain.errors)",
    "dead_letters.status": "an enumeration",
}
"""Columns of tenants' tables with text that the platform's role may read; ids, numbers and times need no listing."""

APPEND_ONLY: Mapping[str, str] = {
    "audit_log": "who did what cannot be changed by whoever did it",
}
"""Tables in which the tenants' role may add and read, never change."""

PLATFORM_SCOPE_CALLERS: Mapping[str, str] = {
    "core.services.accounts:Accounts._set_of_key": "a delivery is verified before its tenant is known",
    "core.services.accounts:Accounts.set_behind": "credential sets belong to the installation",
    "core.services.accounts:Accounts._bound": "the account leads to the tenant",
    "core.services.turns:Turns.renew": "one heartbeat for all of a process's turns",
    "core.services.turns:Turns.overdue": "a sweeper looks for due turns of every tenant",
    "core.services.sends:Sends.due": "a sweeper looks for due messages of every tenant",
    "core.services.sends:Sends.mark_abandoned": "a sweeper looks for abandoned messages of every tenant",
    "core.services.sends:Sends.settle_overdue": "a sweeper looks for unsettled messages of every tenant",
    "core.services.summaries:Summaries.overdue": "a sweeper looks for due summaries of every tenant",
    "core.services.fetches:Fetches.overdue": "a sweeper looks for every tenant's messages that were only told of",
    "core.services.provider_queues:ProviderQueues.due": "a sweeper looks for every tenant's phone that is away",
    "core.services.hand_offs:WaitingRoom.release_overdue": "a sweeper looks for waiting conversations of every tenant",
    "core.services.silences:Silences.look_overdue": "a sweeper looks for silent people of every tenant",
    "core.services.ai_pause:Resumptions.catch_up": "a sweeper looks for every tenant whose AI went on",
    "core.services.receipts:purge_early_receipts": "one purge for all tenants",
    "core.services.past_posts:_purge": "one purge for all tenants",
    "core.services.parking:park_payload": "a queue entry that nobody can read names no tenant",
    "core.services.tenants:create_tenant": "the tenant does not exist yet",
    "core.services.credential_sets:CredentialSets.is_known": "credential sets belong to the installation",
    "core.services.credential_sets:CredentialSets.ensure": "credential sets belong to the installation",
    "core.services.credential_sets:CredentialSets.renew": "credential sets belong to the installation",
    "core.services.members:_tenant_of": "an invitation leads to its tenant",
    "core.services.members:memberships": "a person is known before it is known where he acts",
    "core.services.team_chats:places_at": "a chat leads to its tenant",
    "core.services.update_inbox:UpdateInbox.store": "an update's tenant is not known yet",
    "core.services.update_inbox:UpdateInbox.claim": "an update's tenant is not known yet",
    "core.services.update_inbox:UpdateInbox.finish": "an update's tenant is not known yet",
    "core.services.update_inbox:UpdateInbox.failed": "an update's tenant is not known yet",
    "core.services.update_inbox:UpdateInbox.purge": "one purge for all updates",
    "core.services.announcements:Announcements.tell_due": "a dispatcher looks for every tenant's notifications",
    "core.services.post_queue:PostQueue.claim": "a dispatcher looks for every tenant's due posts",
    "core.services.routing:active_conversation": "a person is known before it is known where he acts",
    "core.services.tenants:find_tenant": "an operator names a tenant by its slug",
    "core.services.tenants:list_tenants": "an operator asks for all of them",
    "core.services.tenants:any_tenant": "an operator asks whether the installation is empty",
}
"""Functions that open ``platform_scope``, as ``module:function``."""

QUIET_SCOPES: Mapping[str, str] = {
    "app.commands.demo_data:_invite": "looks",
    "core.services.accounts:Accounts.open_account": "looks",
    "core.services.ai_pause:Resumptions._caught_up": "when whose turn it is is not shown",
    "core.services.announcements:Announcements._put_off": "what is posted in Telegram is on no screen of ours",
    "core.services.announcements:Announcements._tell": "what is posted in Telegram is on no screen of ours",
    "core.services.assignments:Assignments._ai_is_silent": "looks",
    "core.services.connections:Connections.of_tenant": "looks",
    "core.services.business:business_settings": "looks",
    "core.services.channel_desk:stopped_account": "looks",
    "core.services.dead_letters:DeadLetters.open_letters": "looks",
    "core.services.dead_letters:open_letter": "looks",
    "core.services.fetches:Fetches.claim": "what is not here yet is on no screen",
    "core.services.fetches:Fetches.put_off": "what is not here yet is on no screen",
    "core.services.fetches:Fetches.take": "whoever takes the message in tells of it",
    "core.services.lead_list:list_leads": "looks",
    "core.services.lead_list:tags_in_use": "looks",
    "core.services.lead_page:LeadPages.page": "looks",
    "core.services.lead_page:LeadPages.timeline": "looks",
    "core.services.members:act_in": "where a person acts is between him and the bot",
    "core.services.members:change_language": "in which language he is spoken to is between him and the bot",
    "core.services.members:team": "looks",
    "core.services.team_chats:who_mends": "looks",
    "core.services.post_queue:PostQueue.shown": "what is posted in Telegram is on no screen of ours",
    "core.services.post_queue:_ending": "what is posted in Telegram is on no screen of ours; what moves a chat says so itself",
    "core.services.post_queue:_load": "looks",
    "core.services.posts:put_reply": "what is posted in Telegram is on no screen of ours",
    "core.services.provider_queues:ProviderQueues.claim": "what a provider keeps is on no screen",
    "core.services.provider_queues:ProviderQueues.let_be": "what a provider keeps is on no screen",
    "core.services.queue_view:queue_of": "looks",
    "core.services.refusals:record_refused_tap": "the audit log is looked at, not watched",
    "core.services.routing:conversation_of_topic": "looks",
    "core.services.routing:keep_meaning": "what a message in Telegram means is on no screen of ours",
    "core.services.routing:make_active": "whom a member writes to is between him and the bot",
    "core.services.routing:meaning": "looks",
    "core.services.scenes:held_by": "looks",
    "core.services.scenes:keep_topic": "topics in Telegram are on no screen of ours",
    "core.services.scenes:load_card": "looks",
    "core.services.scenes:thread_of": "looks",
    "core.services.scenes:tick_state": "looks",
    "core.services.scenes:topic_of_lead": "looks",
    "core.services.scenes:unrelayed": "looks",
    "core.services.scenes:view": "looks",
    "core.services.sends:Sends.claim": "that a message is being sent looks as if it were to be sent",
    "core.services.sessions:Sessions.open": "who is signed in where is on no screen that stays open",
    "core.services.sessions:Sessions.renew": "who is signed in where is on no screen that stays open",
    "core.services.sessions:Sessions.end": "who is signed in where is on no screen that stays open",
    "core.services.sessions:Sessions.signed_in": "looks",
    "core.services.sessions:Sessions.of_team": "looks",
    "core.services.stages:stages": "looks",
    "core.services.summaries:Summaries.material": "that somebody writes a summary is not shown",
    "core.services.tenants:create_tenant": "nobody can be looking yet",
    "core.services.threads:Threads.page": "looks",
    "core.services.threads:Threads.messages": "looks",
    "core.services.knowledge:found_knowledge": "looks",
    "core.services.turns:Turns.claim": "when whose turn it is is not shown",
    "core.services.turns:Turns.drop": "when whose turn it is is not shown",
    "core.services.turns:Turns.give_back": "when whose turn it is is not shown",
    "core.services.turns:Turns.load": "looks",
}
"""Functions that open ``tenant_scope`` and tell screens nothing, as ``module:function``."""
