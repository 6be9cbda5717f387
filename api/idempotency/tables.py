"""Table of answers that can be given again."""

from piccolo.columns import JSONB, UUID, Bytea, Integer, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table


class KeptAnswer(Table, tablename="kept_answer"):
    """What a caller was answered under a key of theirs; stored with the effect itself."""

    id = UUID(primary_key=True, default=None)
    caller = Varchar(length=200, null=False, default=None)
    key = Varchar(length=255, null=False, default=None)
    request_hash = Bytea(null=False, default=None, help_text="method, path, query and body")
    status = Integer(null=False, default=None)
    headers = JSONB(null=False, default=None)
    body = Bytea(null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    expires_at = Timestamptz(null=False, default=None, index=True)
    kept_answer_once = Unique([caller, key])
