"""Send a message through Prefect blocks: Slack, Teams or mail. Off until a channel is set up. A message that cannot be
sent never fails a run.

A channel is a block stored on the Prefect server (DTA_NOTIFY_BLOCKS), or a block made from DTA_NOTIFY_* variables or
systemd credentials, so that the watch can report a dead server. Secrets are SecretStr and are never in our files or
logs.
"""

import html
import logging
import os
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from flows.deployed.messages import Message
from transforms.errors import ConfigError

if TYPE_CHECKING:
    from prefect.blocks.core import Block

Logger = logging.Logger | logging.LoggerAdapter[Any]
Channel = tuple[str, Callable[[], "Block"]]  # its name, and a function that makes its block
OCCASIONS = ("failure", "late", "eligibility")


def checked_occasions(occasions: str) -> str:
    """Return comma-separated occasions. Raises ValueError for an unknown one, which would never be sent."""
    if unknown := {o.strip() for o in occasions.split(",")} - {*OCCASIONS, ""}:
        raise ValueError(f"{', '.join(sorted(unknown))} is not an occasion; the occasions are {', '.join(OCCASIONS)}")
    return occasions


class NotifySettings(BaseSettings):
    """Who gets which messages.

    Each field can be set as DTA_NOTIFY_<NAME>, or as the file dta_notify_<name> in the folder of systemd credentials.
    """

    model_config = SettingsConfigDict(env_prefix="DTA_NOTIFY_", env_ignore_empty=True, extra="ignore", frozen=True)

    # Names of blocks, comma-separated: slack-webhook/NAME, ms-teams-webhook/NAME, email-server-credentials/NAME.
    blocks: str = ""
    occasions: Annotated[str, AfterValidator(checked_occasions)] = ",".join(OCCASIONS)
    slack_url: SecretStr | None = None
    teams_url: SecretStr | None = None
    mail_server: str = ""
    mail_port: int | None = Field(default=None, ge=1, le=65535)
    mail_security: Literal["STARTTLS", "SSL", "INSECURE"] = "STARTTLS"
    mail_user: str | None = None
    mail_password: SecretStr = SecretStr("")
    mail_from: str = ""
    mail_to: str = ""  # addresses, comma-separated


def load() -> NotifySettings:
    """Return the settings. Raises ConfigError that names wrong ones without their values, because some are secrets."""
    try:
        return NotifySettings(_secrets_dir=os.environ.get("CREDENTIALS_DIRECTORY"))  # type: ignore[call-arg]
    except ValidationError as error:
        wrong = [(str(e["loc"][0]).upper(), e["msg"].removeprefix("Value error, ")) for e in error.errors()]
        raise ConfigError("\n".join(f"setting DTA_NOTIFY_{name}: {words}." for name, words in wrong)) from None


def notify(message: Message | None, logger: Logger | None = None, settings: NotifySettings | None = None) -> list[str]:
    """Send ``message`` to every channel if its occasion is enabled. Returns what could not be sent, in words without
    secrets.
    """
    logger = logger or logging.getLogger("dta")
    try:
        settings = settings or load()
    except ConfigError as error:  # the run continues, and ends with its own error if it has one
        logger.warning("Nothing was sent: %s", error)
        return [str(error)]
    if message is None or message.occasion not in {o.strip() for o in settings.occasions.split(",")}:
        return []
    failures = []
    for name, block in _channels(settings):
        try:
            _send(block(), message, settings)
        # No channel stops a run. The text of the error is not logged: it may contain an address with a key.
        except Exception as error:
            failures.append(f"{name}: not sent ({type(error).__name__})")
            logger.warning("Notification %s", failures[-1])
    return failures


def _channels(settings: NotifySettings) -> Iterator[Channel]:
    for name in filter(None, map(str.strip, settings.blocks.split(","))):
        yield name, partial(_load_block, name)
    if settings.slack_url:
        yield "slack", partial(_webhook, "SlackWebhook", settings.slack_url)
    if settings.teams_url:
        yield "teams", partial(_webhook, "MicrosoftTeamsWebhook", settings.teams_url)
    if settings.mail_server:
        yield "mail", partial(_mail, settings)


def _load_block(name: str) -> "Block":
    # Blocks are stored on a server: do not start a temporary one to look for them.
    os.environ.setdefault("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "false")
    from prefect.blocks.core import Block
    from prefect_email import EmailServerCredentials  # noqa: F401 - registers its type

    block: Block = Block.load(name)  # type: ignore[assignment]
    return block


def _webhook(kind: str, url: SecretStr) -> "Block":
    from prefect.blocks import notifications

    block: Block = getattr(notifications, kind)(url=url)
    return block


def _mail(settings: NotifySettings) -> "Block":
    from prefect_email import EmailServerCredentials

    credentials: Block = EmailServerCredentials(
        username=settings.mail_user,
        password=settings.mail_password,
        smtp_server=settings.mail_server,
        smtp_port=settings.mail_port,
        smtp_type=settings.mail_security,
    )
    return credentials


def _send(block: Any, message: Message, settings: NotifySettings) -> None:
    """Send mail as plain text and HTML; send chats as text in which no name can mention people or make a link."""
    if hasattr(block, "get_server"):
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = message.subject, settings.mail_from, settings.mail_to
        mail.set_content(message.text)
        mail.add_alternative(f"<pre>{html.escape(message.text)}</pre>", subtype="html")
        with block.get_server() as server:
            server.send_message(mail)
        return
    with block.raise_on_failure():  # by default a block does not report that it failed
        block.notify(_escape_for_chat(message.text), _escape_for_chat(message.subject))


def _escape_for_chat(text: str) -> str:
    return text.replace("<", "‹").replace(">", "›").replace("@", "＠")
