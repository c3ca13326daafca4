"""What was counted in one part of a table, as the bytes that travel and are kept, under what it was counted for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from core.engine.shards.counting_key import CountingKey
from core.engine.shards.shard import Shard
from core.errors import JobError

MOST_BYTES = 64 << 20
_LONGEST_HEADER = 4096


@dataclass(frozen=True)
class Partial:
    """What one shard gave: of which counting, and its content, which is opened inside a sandbox only."""

    shard: Shard
    key: CountingKey
    content: bytes

    def to_bytes(self) -> bytes:
        """A line of JSON, then the content."""
        digest = hashlib.sha256(self.content).hexdigest()
        head = {"shard": self.shard.asked, "key": asdict(self.key), "content_sha256": digest}
        return json.dumps(head).encode() + b"\n" + self.content

    @classmethod
    def checked(cls, written: bytes, shard: Shard, key: CountingKey) -> Partial:
        """The partial of this shard of this counting, whose content is digested and not opened.

        Raises JobError where the bytes are of something else, or damaged.
        """
        line, _, begins = written[:_LONGEST_HEADER].partition(b"\n")
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or not begins:
            raise JobError("What a part of the table gave is damaged. Run again.")
        if said.get("shard") != shard.asked:
            raise JobError("What was counted is another part of the table than was asked for. Run again.")
        given = said.get("key")
        differ = [
            name for name, value in asdict(key).items() if not isinstance(given, dict) or given.get(name) != value
        ]
        if "version" in differ and isinstance(given, dict):
            raise JobError(
                f"A part was counted by Plumbline {str(given.get('version'))[:40]}, and this is {key.version}. Install"
                " one version everywhere."
            )
        if differ:
            raise JobError(f"A part was counted with another {differ[0]}. Run again.")
        content = written[len(line) + 1 :]
        if said.get("content_sha256") != hashlib.sha256(content).hexdigest():
            raise JobError("What a part of the table gave is damaged. Run again.")
        return cls(shard, key, content)
