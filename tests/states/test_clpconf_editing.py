"""Groups, resources and monitors put into a real file and taken out again."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from runbook_lib.states.clpconf import (
    Configuration,
    existing,
    exported,
    floating_ip,
    monitors_of,
    parse,
    script,
    shared_disk,
    with_dependencies,
    with_group,
    with_monitor,
    with_resource,
    without_group,
    without_monitor,
    without_resource,
)

SAMPLES = Path(__file__).parent / "clpconf_samples"
VIP = '<vip name="vip1">\n      <address kind="virtual">10.9.0.1</address>\n    </vip>'
Edit = Callable[[Configuration], Configuration]


def sample(name: str) -> Configuration:
    return parse((SAMPLES / f"{name}.conf").read_bytes())


MIRROR = sample("basiccluster-mirror")
ESMPROCM = with_group(MIRROR, "ESMPROCM", ["server2", "server1"])
WITH_FIP = with_resource(ESMPROCM, "ESMPROCM", floating_ip("fip1", "10.1.1.30"))


def changed_lines(before: Configuration, after: Configuration) -> list[str]:
    """The lines that are in one of the two only, without their indentation."""
    import difflib

    lines = difflib.ndiff(before.document.text.splitlines(), after.document.text.splitlines())
    return [re.sub(r"^([-+]) +", r"\1", line) for line in lines if line[0] in "+-"]


@pytest.mark.parametrize(
    ("before", "edit", "lines"),
    [
        (
            MIRROR,
            partial(with_group, name="ESMPROCM", policy=["SERVER2", "server1"], start="manual"),
            """+<group name="ESMPROCM"> +<comment /> +<policy name="server2"> +<order>0</order> +</policy>
            +<policy name="server1"> +<order>1</order> +</policy> +<start>0</start> +</group>
            -<objectnumber>19</objectnumber> +<objectnumber>20</objectnumber>""",
        ),
        (MIRROR, partial(with_group, name="failover"), ""),
        (MIRROR, partial(with_group, name="failover", policy=["server1", "server2"], start="auto"), ""),
        (MIRROR, partial(with_group, name="failover", start="manual"), "+<start>0</start>"),
        (ESMPROCM, partial(with_group, name="esmprocm", policy=["server2", "server1"]), ""),
        (
            ESMPROCM,
            partial(with_group, name="ESMPROCM", policy=["server1"]),
            '-<policy name="server2"> +<policy name="server1"> -<policy name="server1"> -<order>1</order> -</policy>',
        ),
        (
            sample("linux-vma"),
            partial(with_group, name="ESMPROCM"),
            """+<group name="ESMPROCM"> +<comment/> +<gid>1</gid> +</group>
            -<objectnumber>18</objectnumber> +<objectnumber>19</objectnumber>""",
        ),
        (
            ESMPROCM,
            partial(with_resource, group="ESMPROCM", part=floating_ip("fip1", "10.1.1.30")),
            """+<resource name="fip@fip1" /> +<fip name="fip1"> +<comment /> +<parameters> +<ip>10.1.1.30</ip>
            +</parameters> +</fip> -<objectnumber>20</objectnumber> +<objectnumber>21</objectnumber>""",
        ),
        (
            MIRROR,
            partial(with_resource, group="failover", part=floating_ip("fip", "10.1.1.22")),
            "-<ip>10.1.1.21</ip> +<ip>10.1.1.22</ip>",
        ),
        (
            ESMPROCM,
            partial(
                with_resource,
                group="ESMPROCM",
                part=shared_disk("sd1", "W:", {"server1": "{aa-1}", "server2": "bb-2"}),
            ),
            """+<resource name="sd@sd1" /> +<types name="sd" /> +<sd name="sd1"> +<comment /> +<parameters>
            +<volumemountpoint>W</volumemountpoint> +</parameters>
            +<server name="server1"> +<parameters> +<volumeguid>aa-1</volumeguid> +</parameters> +</server>
            +<server name="server2"> +<parameters> +<volumeguid>bb-2</volumeguid> +</parameters> +</server> +</sd>
            -<objectnumber>20</objectnumber> +<objectnumber>21</objectnumber>""",
        ),
        (
            sample("createcluster-mirror-sjis"),
            partial(with_resource, group="failover1", part=script("script1")),
            """+<resource name="script@script1"/> +<types name="script"/> +<script name="script1"> +<comment/>
            +</script> -<objectnumber>19</objectnumber> +<objectnumber>20</objectnumber>""",
        ),
        (MIRROR, partial(with_resource, group="failover", part=existing("md", "md")), ""),
        (
            ESMPROCM,
            partial(with_resource, group="ESMPROCM", part=exported(VIP)),
            """+<resource name="vip@vip1" /> +<types name="vip" /> +<vip name="vip1">
            +<address kind="virtual">10.9.0.1</address> +</vip>
            -<objectnumber>20</objectnumber> +<objectnumber>21</objectnumber>""",
        ),
        (
            with_resource(ESMPROCM, "ESMPROCM", exported(VIP)),
            partial(with_resource, group="ESMPROCM", part=exported(re.sub(r"\s*\n\s*", "", VIP))),
            "",
        ),
        (
            with_resource(ESMPROCM, "ESMPROCM", exported(VIP)),
            partial(with_resource, group="ESMPROCM", part=exported(VIP.replace("9.0.1", "9.0.2"))),
            """-<address kind="virtual">10.9.0.1</address> +<address kind="virtual">10.9.0.2</address>""",
        ),
        (
            WITH_FIP,
            partial(with_monitor, part=monitors_of(floating_ip("fip1", "10.1.1.30"), {"fipw": "fipw2"})[0]),
            """+<fipw name="fipw2"> +<comment /> +<target>fip1</target> +<relation> +<type>rsc</type> +<name>fip1</name>
            +</relation> +</fipw> -<objectnumber>21</objectnumber> +<objectnumber>22</objectnumber>""",
        ),
        (
            MIRROR,
            partial(with_dependencies, kind="md", name="md", depends=["fip"]),
            '+<depend name="fip" />',
        ),
        (
            sample("linux-iscsi"),
            partial(with_dependencies, kind="md", name="md1", depends=["fip1"]),
            '-<depend name=""/> +<depend name="fip1"/>',
        ),
        (
            sample("linux-vma"),
            partial(with_dependencies, kind="exec", name="exec-cent7", depends=[]),
            '-<depend name="exec-datastore"/> +<depend name=""/>',
        ),
        (
            MIRROR,
            partial(without_resource, kind="fip", name="fip"),
            """-<types name="fipw" /> -<fipw name="fipw1"> -<comment /> -<target>fip</target> -<relation>
            -<type>rsc</type> -<name>fip</name> -</relation> -</fipw> -<resource name="fip@fip" /> -<types name="fip" />
            -<fip name="fip"> -<comment /> -<parameters> -<ip>10.1.1.21</ip> -</parameters> -</fip>
            -<objectnumber>19</objectnumber> +<objectnumber>17</objectnumber>""",
        ),
        (
            sample("linux-vma"),
            partial(without_resource, kind="exec", name="exec-datastore"),
            None,
        ),
        (MIRROR, partial(without_resource, kind="fip", name="other"), ""),
        (MIRROR, partial(without_group, name="other"), ""),
        (MIRROR, partial(without_monitor, kind="fipw", name="other"), ""),
    ],
)
def test_the_edit_and_nothing_else(before: Configuration, edit: Edit, lines: str | None) -> None:
    after = edit(before)
    if lines is not None:
        assert sorted(changed_lines(before, after)) == sorted(re.split(r"\s+(?=[-+]<)", lines) if lines else [])
    assert after.objects == after.objectnumber
    assert edit(after) == after, "a second time changes nothing"
    parse(after.render())


def test_dependencies_on_what_goes_go_too() -> None:
    after = without_resource(sample("linux-vma"), "exec", "exec-datastore")
    assert [(one.name, one.depends) for one in after.resources] == [("exec-cent7", None)]


def test_a_whole_group_goes_with_resources_and_monitors() -> None:
    after = without_group(MIRROR, "failover")
    assert after.groups == after.resources == ()
    assert [one.tag for one in after.members("monitor")] == ["userw"]
    assert 'types name="md' not in after.document.text


def test_a_comment_stays_behind_its_element() -> None:
    remarked = MIRROR.render().replace(b'name="fip@fip" />', b'name="fip@fip" /> <!-- why -->')
    last = remarked.replace(b'name="md@md" />', b'name="md@md" /> <!-- one --> <!-- two -->')
    added = with_resource(parse(last), "failover", script("script1")).document.text
    assert '/> <!-- one --> <!-- two -->\n    <resource name="script@script1" />\n  </group>' in added
    removed = without_resource(parse(remarked), "fip", "fip").document.text
    assert '<comment />\n     <!-- why -->\n    <resource name="md@md" />' in removed


@pytest.mark.parametrize("spelling", ["W", "W:", "w:", "W:\\"])
def test_a_drive_letter_is_left_as_it_is_spelled(spelling: str) -> None:
    disk = shared_disk("sd1", "W:", {"server1": "a", "server2": "b"})
    there = with_resource(ESMPROCM, "ESMPROCM", disk).render().replace(b"point>W<", b"point>%s<" % spelling.encode())
    assert with_resource(parse(there), "ESMPROCM", disk).render() == there
    assert [one.drive for one in parse(there).resources if one.type == "sd"] == ["W:"]


def test_an_empty_section_is_opened() -> None:
    bare = (
        b'<root>\r\n  <server name="server1"/>\r\n  <resource/>\r\n  <group name="g"/>\r\n'
        b"  <monitor></monitor>\r\n</root>"
    )
    after = with_resource(parse(bare), "g", floating_ip("fip1", "10.0.0.1"))
    for monitor in monitors_of(floating_ip("fip1", "10.0.0.1"), {"fipw": "fipw1"}):
        after = with_monitor(after, monitor)
    assert after.render().decode() == (
        '<root>\r\n  <server name="server1"/>\r\n  <resource>\r\n    <types name="fip"/>\r\n    <fip name="fip1">\r\n'
        "      <comment/>\r\n      <parameters>\r\n        <ip>10.0.0.1</ip>\r\n      </parameters>\r\n    </fip>\r\n"
        '  </resource>\r\n  <group name="g">\r\n    <resource name="fip@fip1"/>\r\n  </group>\r\n  <monitor>\r\n'
        '    <types name="fipw"/>\r\n    <fipw name="fipw1">\r\n      <comment/>\r\n      <target>fip1</target>\r\n'
        "      <relation>\r\n        <type>rsc</type>\r\n        <name>fip1</name>\r\n      </relation>\r\n"
        "    </fipw>\r\n"
        "  </monitor>\r\n  <webmgr>\r\n    <client>\r\n      <objectnumber>8</objectnumber>\r\n    </client>\r\n"
        "  </webmgr>\r\n</root>"
    )
