"""What leads are found by."""

from tortoise import fields

from db.models.base import TenantModel


class SearchDocument(TenantModel):
    """What a conversation is found by. ``words`` is kept by the database."""

    conversation_id = fields.UUIDField()
    lead_id = fields.UUIDField()
    upto_seq = fields.IntField()
    sought = fields.TextField()

    class Meta:
        """The table."""

        table = "search_documents"


class SearchMark(TenantModel):
    """Until when a tenant's conversations have their documents."""

    upto = fields.DatetimeField()

    class Meta:
        """The table."""

        table = "search_marks"
