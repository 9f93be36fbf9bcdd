r"""What start.bat and stop.bat say to people, in the language of the nodes.

No character may stand here that cmd.exe could take for something else when it reads cp932 under another code page:
none whose second byte is ``\``, ``^`` or ``|`` (a test looks).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class ScriptWords:
    """Remarks and broadcasts.

    Attributes:
        title, normal, failover, disk_failed, cluster_not_running: by "start" and "stop".
        called: has ``{caller}`` in it, the script that calls the part.
    """

    title: dict[str, str]
    source: str
    called: str
    variables: str
    event: str
    not_running: str
    normal: dict[str, str]
    failover: dict[str, str]
    recover: str
    disk: str
    priority: str
    first: str
    other: str
    exceptions: str
    disk_failed: dict[str, str]
    cluster_not_running: dict[str, str]


WORDS: Final = {
    "ja": ScriptWords(
        title={
            "start": "グループの起動時に ClientManager を開始する",
            "stop": "グループの停止時に ClientManager を終了する",
        },
        source="NEC CLUSTERPRO X PPガイド (WebSAM ClientManager) 手順 6-(1)",
        called="{caller} から呼ばれる",
        variables="変数名 ARMS_xxx と CLP_xxx のどちらの環境でも動くようにする",
        event="何が起きたかを調べる",
        not_running="CLUSTERPRO が動いていない場合",
        normal={"start": "通常の起動", "stop": "通常の終了"},
        failover={"start": "フェイルオーバによる起動", "stop": "フェイルオーバのための終了"},
        recover="復帰したサーバでは何も開始しない",
        disk="切替パーティションが使えない場合",
        priority="最優先のサーバかどうか",
        first="最優先のサーバ: ほかに行うことはない",
        other="それ以外のサーバ: ほかに行うことはない",
        exceptions="例外",
        disk_failed={
            "start": "切替パーティションに接続できないため ClientManager を開始しません",
            "stop": "切替パーティションに接続できないため ClientManager の終了処理を行いません",
        },
        cluster_not_running={
            "start": "CLUSTERPRO が動いていないため ClientManager を開始しません",
            "stop": "CLUSTERPRO が動いていないため ClientManager の終了処理を行いません",
        },
    ),
    "en": ScriptWords(
        title={
            "start": "starts ClientManager when the group starts",
            "stop": "ends ClientManager when the group stops",
        },
        source="NEC CLUSTERPRO X, PP guide (WebSAM ClientManager), procedure 6-(1)",
        called="called by {caller}",
        variables="works with variables named ARMS_xxx and with those named CLP_xxx",
        event="what has happened",
        not_running="CLUSTERPRO does not run",
        normal={"start": "normal start", "stop": "normal stop"},
        failover={"start": "start after a failover", "stop": "stop for a failover"},
        recover="a node that comes back into the cluster starts nothing",
        disk="the switched partition cannot be used",
        priority="is this the server of first priority",
        first="server of first priority: nothing else to do",
        other="any other server: nothing else to do",
        exceptions="exceptions",
        disk_failed={
            "start": "ClientManager is not started: the switched partition cannot be reached",
            "stop": "ClientManager is not ended: the switched partition cannot be reached",
        },
        cluster_not_running={
            "start": "ClientManager is not started: CLUSTERPRO does not run",
            "stop": "ClientManager is not ended: CLUSTERPRO does not run",
        },
    ),
}
"""By the language of Windows on the nodes."""
