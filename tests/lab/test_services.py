import pytest

from runbook_lib.lab.processes import ProcessTable
from runbook_lib.lab.registry import SERVICES, Registry
from runbook_lib.lab.service_facts import (
    DISABLED,
    RUNNING,
    START_PENDING,
    STOP_PENDING,
    STOPPED,
    ServiceError,
)
from runbook_lib.lab.services import Services


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def noted() -> list[tuple[str, str, str]]:
    return []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(noted, clock) -> Services:
    note = lambda *change: noted.append(change)  # noqa: E731
    made = Services(Registry("x64", note), ProcessTable(note), note, 2.0, 3.0, clock=clock)
    made.seed("Base", "The Base Service", r'"C:\Program Files\X\base.exe" -run')
    made.seed("Upper", "The Upper Service", r"C:\X\upper.exe", depends=["Base"])
    made.seed("Off", "Never", r"C:\X\off.exe", start=DISABLED)
    return made


def refusal(action, *arguments) -> int:
    with pytest.raises(ServiceError) as refused:
        action(*arguments)
    return refused.value.code


def test_a_start_takes_its_time_and_gives_the_service_a_process(services, clock):
    services.start("base")
    assert services.status("Base").state == START_PENDING
    clock.now = 1.9
    assert services.status("Base").state == START_PENDING
    clock.now = 2.0
    status = services.status("Base")
    process = services.processes.get(status.pid)
    assert (status.state, process.image, process.services) == (RUNNING, "base.exe", ("Base",))
    services.stop("Base")
    assert services.status("Base").state == STOP_PENDING
    clock.now = 5.0
    assert (services.status("Base").state, services.status("Base").pid) == (STOPPED, 0)
    assert services.processes.running() == []


def test_what_a_service_needs_starts_with_it_and_stops_after_it(services, clock):
    services.start("Upper")
    clock.now = 2.0
    assert services.status("Base").state == RUNNING
    assert services.dependents("base") == ["Upper"]
    assert refusal(services.stop, "Base") == 1051
    services.stop("Upper")
    clock.now = 5.0
    services.stop("Base")


@pytest.mark.parametrize(
    ("action", "name", "code"),
    [
        ("start", "Nobody", 1060),
        ("start", r"Base\Parameters", 1060),
        ("start", "Off", 1058),
        ("start", "", 1060),
        ("stop", "Base", 1062),
    ],
)
def test_refusals(services, action, name, code):
    assert refusal(getattr(services, action), name) == code


def test_a_second_start_and_an_early_stop_are_refused(services, clock):
    services.start("Base")
    assert refusal(services.start, "Base") == 1056
    assert refusal(services.stop, "Base") == 1061


def test_a_failing_service_ends_during_its_start(services, clock):
    services.failing["BASE"] = 1067
    services.start("Base")
    clock.now = 2.0
    status = services.status("Base")
    assert (status.state, status.exit_code, status.pid) == (STOPPED, 1067, 0)


def test_a_service_whose_process_is_killed_has_stopped(services, clock, noted):
    services.start("Base")
    clock.now = 2.0
    pid = services.status("Base").pid
    services.processes.kill(pid)
    assert (services.status("Base").state, services.status("Base").exit_code) == (STOPPED, 1067)
    assert noted == [("service", "Base", "started"), ("process", f"base.exe ({pid})", "ended")]


def test_configuration_is_in_the_registry(services, noted):
    services.configure("base", {"Start": 2, "DependOnService": ("A", "B"), "DelayedAutostart": 1})
    assert services.registry.number(rf"{SERVICES}\Base", "Start") == 2
    assert services.configuration("Base").depends == ("A", "B")
    services.configure("base", {"DependOnService": None})
    assert services.configuration("Base").depends == ()
    assert ("service", "Base", "Start=2") in noted
    services.registry.set(rf"{SERVICES}\Base", "Start", "REG_DWORD", 4)
    assert refusal(services.start, "Base") == 1058


def test_only_localsystem_may_interact_with_the_desktop(services):
    assert refusal(services.configure, "Base", {"Type": 0x110, "ObjectName": r".\someone"}) == 87
    services.configure("Base", {"Type": 0x110})
    assert services.configuration("Base").type == 0x110


def test_names_are_unique_by_key_and_by_display_name(services):
    assert refusal(services.create, "BASE", {"Type": 0x10}) == 1073
    assert refusal(services.create, "New", {"Type": 0x10, "DisplayName": "the base service"}) == 1078
    assert refusal(services.configure, "Off", {"DisplayName": "The Base Service"}) == 1078
    assert services.find("the base service") == services.find("base") == "Base"
    assert services.by_display_name("Base") is None


def test_a_deleted_service_goes_when_it_has_stopped(services, clock):
    services.start("Base")
    clock.now = 2.0
    services.delete("Base")
    assert services.find("Base") == "Base"
    assert refusal(services.delete, "Base") == 1072
    assert refusal(services.configure, "Base", {"Start": 2}) == 1072
    services.processes.kill(services.status("Base").pid)
    assert refusal(services.status, "Base") == 1060
    assert services.find("Base") is None
    services.delete("Off")
    assert refusal(services.status, "Off") == 1060
