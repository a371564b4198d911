"""Notifications: their content and delivery. They are off by default and never contain secrets."""

import email
import email.policy
import json
import logging
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import SecretStr

from flows.deployed.messages import (
    Message,
    about_crash,
    about_eligibility,
    about_failure,
    about_lateness,
    sample_message,
)
from flows.deployed.notify import NotifySettings, load, notify
from flows.watch import Watch
from tests.flow.receivers import chat, mailbox
from tests.workplace import Workplace
from transforms.errors import ConfigError, SourceError
from transforms.release.run_records import record_run
from transforms.settings import PROJECT

# Where Python lacks the module, Apprise does without it, see below.
pytestmark = pytest.mark.filterwarnings("default", "ignore:'imghdr' is deprecated")
SECRET = "T00/B00/hunter2"  # noqa: S105


@pytest.fixture
def changed(published: Workplace, tmp_path: Path) -> Path:
    """Make a release with verdicts that differ from the release before, one of them for an LEA with a hostile name."""
    out = Path(shutil.copytree(published.out, tmp_path / "out", symlinks=True))
    database = (out / "current" / "dta.duckdb").resolve()
    database.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        rows = [
            ("<!channel> =HYPERLINK(1) @here", "not_eligible", "eligible"),
            ("Alisal Union", "eligible", "undetermined"),
            ("Quiet", "not_eligible", "undetermined"),
        ]
        for n, (name, before, after) in enumerate(rows):
            connection.execute(
                "insert into meta_release_changes by name select ? as cds, ? as lea_name, 2024 as determination_year,"
                " 'continuum' as pathway, 'status_changed' as change, ? as status_before, ? as status_after, [] as"
                " groups_added, [] as groups_removed, 'r0' as previous_release_id, 'r1' as release_id, 'data' as"
                " attributed_to",
                [f"{n:014}", name, before, after],
            )
    return out


def sample_messages_are_in_plain_words(changed: Path) -> None:
    record_run(changed, "failed", "x", None, 3, run_id="20261124T1-abc")
    failure = about_failure(
        changed, SourceError("eladownload2024.txt", "this is a web page", "Download it again.", line=1)
    )
    assert failure.subject == "DTA eligibility: the run failed, nothing was published"
    assert "Why: eladownload2024.txt, line 1: this is a web page. Download it again." in failure.text
    assert "Run: 20261124T1-abc" in failure.text
    assert "not an official designation" in failure.text
    assert "hunter2" not in about_failure(changed, RuntimeError(SECRET)).text, (
        "the text of an unexpected fault may hold anything"
    )
    assert "killed" in about_crash("sample as of 2026-11-24", "SIGKILL").subject
    late = about_lateness(Watch(True, "no good release for 50 hours", "r1", ["The last run failed: no network"]))
    assert late.subject == "DTA eligibility: no good release for 50 hours"
    assert "- The last run failed: no network" in late.text


def test_notifications_report_only_new_and_lost_eligibility(changed: Path, published: Workplace) -> None:
    assert about_eligibility(published.out) is None, "a first release is compared with nothing"
    message = about_eligibility(changed)
    assert message is not None
    assert message.subject == "DTA eligibility: 1 newly eligible, 1 no longer"
    assert (
        "Alisal Union, Continuum of Support (SIR+), 2024: no longer eligible, now: not determined, because the data"
        " changed."
    ) in message.text
    assert "Quiet" not in message.text


def test_a_subject_is_one_line() -> None:
    wicked = about_lateness(Watch(True, "late\r\nBcc: everyone@example.org", None))
    assert "\n" not in wicked.subject
    assert "\r" not in wicked.text


def test_notifications_are_off_by_default(changed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.deployed.notify._send", lambda *a: pytest.fail("sent"))
    assert notify(about_eligibility(changed)) == []


def test_a_chat_message_escapes_mentions_in_names(changed: Path) -> None:
    with chat() as (address, posted):
        settings = NotifySettings(slack_url=SecretStr(f"json://{address}/{SECRET}"))
        assert notify(about_eligibility(changed), settings=settings) == []
    (post,) = posted
    text = json.dumps(post["body"], ensure_ascii=False)
    assert "1 newly eligible" in text
    assert "‹!channel›" in text
    assert "<!channel>" not in text
    assert "@here" not in text


@pytest.mark.parametrize(
    ("field", "url", "path"),
    [
        (
            "slack_url",
            "https://hooks.slack.com/services/T00000000/B00000000/hunter2hunter2hunter2hunt",
            "/services/T00000000/B00000000/hunter2",
        ),
        (
            "teams_url",
            "https://prod-00.westus.logic.azure.com:443/workflows/abc/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=hunter2",
            "/workflows/abc/triggers/manual/paths/invoke",
        ),
    ],
)
def test_slack_and_teams_get_their_own_formats(
    field: str, url: str, path: str, changed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real request of the real channel, redirected to the loopback."""
    import requests

    original, asked = requests.Session.request, []
    with chat() as (address, posted):

        def redirected(session: Any, method: str, url: str, **options: Any) -> Any:
            asked.append(url)
            return original(session, method, f"http://{address}/{url.split('/', 3)[3]}", **options)

        monkeypatch.setattr(requests.Session, "request", redirected)
        assert notify(about_eligibility(changed), settings=NotifySettings.model_validate({field: url})) == []
    assert asked[0].startswith(url.split("/")[0] + "//" + url.split("/")[2].split(":")[0])
    assert posted[0]["path"].startswith(path)
    assert "Alisal Union" in json.dumps(posted[0]["body"])


@pytest.mark.slow
def test_chat_notifications_work_without_imghdr() -> None:
    """Python 3.13 no longer has the module, which apprise's encryption imports."""
    code = (
        "import sys\n"
        "sys.modules['imghdr'] = None\n"
        "import apprise\n"
        "from pydantic import SecretStr\n"
        "from flows.deployed.messages import sample_message\n"
        "from flows.deployed.notify import NotifySettings, notify\n"
        "assert notify(sample_message(), settings=NotifySettings(slack_url=SecretStr(sys.argv[1]))) == []\n"
    )
    with chat() as (address, posted):
        subprocess.run([sys.executable, "-c", code, f"json://{address}/x"], check=True, cwd=PROJECT)
    assert len(posted) == 1


def test_mail_is_sent_as_text_and_html(changed: Path) -> None:
    with mailbox() as (port, mails):
        settings = NotifySettings(
            mail_server="127.0.0.1",
            mail_port=port,
            mail_security="INSECURE",
            mail_from="dta@example.org",
            mail_to="a@example.org, b@example.org",
        )
        assert notify(about_eligibility(changed), settings=settings) == []
    (mail,) = (email.message_from_string(m, policy=email.policy.default) for m in mails)
    assert mail["Subject"] == "DTA eligibility: 1 newly eligible, 1 no longer"
    assert mail["To"] == "a@example.org, b@example.org"
    assert "<!channel>" in mail.get_body(("plain",)).get_content()
    assert "&lt;!channel&gt;" in mail.get_body(("html",)).get_content()


def test_a_failing_channel_is_reported_without_its_secret(caplog: pytest.LogCaptureFixture) -> None:
    from prefect.settings import PREFECT_SERVER_ALLOW_EPHEMERAL_MODE, temporary_settings

    no_server = temporary_settings({PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: False})
    with chat() as (address, posted), caplog.at_level(logging.DEBUG), no_server:
        settings = NotifySettings(
            blocks="nonsense/name", teams_url=SecretStr(f"https://example.org/{SECRET}"), slack_url=SecretStr(f"json://{address}/x"),
            mail_server="127.0.0.1", mail_port=1, mail_security="INSECURE", mail_password=SecretStr(SECRET),
        )  # fmt: skip
        failures = notify(sample_message(), settings=settings)
    assert [f.split(":")[0] for f in failures] == ["nonsense/name", "teams", "mail"]
    assert len(posted) == 1, "the channel that works was used"
    assert "hunter2" not in " ".join(failures) + caplog.text + repr(settings)


def test_only_requested_occasions_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Message] = []
    monkeypatch.setattr("flows.deployed.notify._send", lambda block, message, settings: sent.append(message))
    settings = NotifySettings(occasions="late, eligibility", slack_url=SecretStr("json://127.0.0.1:9/x"))
    notify(sample_message(), settings=settings)
    assert sent == []
    notify(about_lateness(Watch(True, "late", None)), settings=settings)
    assert [m.occasion for m in sent] == ["late"]


def test_secrets_come_from_the_environment_or_from_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dta_notify_slack_url").write_text("json://127.0.0.1:9/from-a-credential")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert load().slack_url == SecretStr("json://127.0.0.1:9/from-a-credential")
    monkeypatch.setenv("DTA_NOTIFY_SLACK_URL", "json://127.0.0.1:9/from-the-environment")
    assert load().slack_url == SecretStr("json://127.0.0.1:9/from-the-environment")


@pytest.mark.parametrize(
    ("name", "value"), [("MAIL_PORT", "many"), ("MAIL_PORT", "0"), ("MAIL_SECURITY", "TLS"), ("OCCASIONS", "failures")]
)
def test_a_wrong_setting_is_named_and_does_not_hide_the_failure_of_the_night(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"DTA_NOTIFY_{name}", value)
    monkeypatch.setenv("DTA_NOTIFY_SLACK_URL", f"json://127.0.0.1:9/{SECRET}")
    with pytest.raises(ConfigError, match=f"DTA_NOTIFY_{name}"):
        load()
    (said,) = notify(sample_message())
    assert f"DTA_NOTIFY_{name}" in said
    assert SECRET not in said


def test_an_empty_setting_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As systemd reads it from an environment file."""
    for name in NotifySettings.model_fields:
        monkeypatch.setenv(f"DTA_NOTIFY_{name.upper()}", "")
    assert load() == NotifySettings()
