"""One look at all sources of the catalog, whether their publishers are asked or files were carried in."""

from dataclasses import dataclass, field

from transforms import clock
from transforms.errors import SourceError
from transforms.run import Run, Snapshot
from transforms.sources.catalog import Source
from transforms.sources.store import Accepted, Store
from transforms.sources.unused import UnusedFile


@dataclass
class Night:
    """One look at all sources: what was seen, in words, for the record."""

    run: Run
    store: Store
    fresh: int = 0
    unchanged: int = 0
    unused: list[UnusedFile] = field(default_factory=list)

    def refuse(self, source: Source, error: SourceError) -> None:
        """Record a file that came and is not used; the accepted one serves, if there is one."""
        self.unused.append(UnusedFile.from_error(error, source.id, self.store.serving(source)))

    def accept(self, source: Source, snapshot: Snapshot, origin: str, etag: str = "", last_modified: str = "") -> None:
        """Let ``snapshot`` serve from now on."""
        moment, earlier = clock.stamp(), self.store.accepted(source)
        answered = (earlier.answered_at if earlier else "") if origin == "inbox" else moment
        validators = {"etag": etag, "last_modified": last_modified}
        self.store.accept(
            source,
            Accepted(
                sha256=snapshot.sha256,
                accepted_at=moment,
                origin=origin,
                checked_at=moment,
                answered_at=answered,
                **validators,
            ),
        )
        self.fresh += 1

    def looked(self, source: Source, accepted: Accepted, outcome: str, message: str = "", **validators: str) -> None:
        """Remember how a look ended after which ``accepted`` goes on serving: unchanged or failed."""
        moment = clock.stamp()
        answered = {"answered_at": moment} if outcome == "unchanged" else {}
        update = {"checked_at": moment, "outcome": outcome, "message": message, **answered, **validators}
        self.store.accept(source, accepted.model_copy(update=update))
        self.unchanged += outcome == "unchanged"

    def refuse_the_bytes_of_another(self, source: Source, sha256: str) -> None:
        """Raise SourceError when the very bytes serve as another file of the catalog: one of the two has the wrong
        name.
        """
        for other in self.run.catalog.source:
            accepted = self.store.accepted(other)
            if other.id != source.id and accepted and accepted.sha256 == sha256:
                raise SourceError(
                    source.file, f"it has the same bytes as {other.file}", "Check which of the two it is."
                )
