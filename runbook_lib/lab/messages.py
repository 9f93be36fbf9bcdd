"""Windows' own sentences for Win32 error codes, in English and Japanese, without a line end.

Source: "System Error Codes" (Microsoft Learn) for English; the Japanese wording of Windows' message tables as seen in
public transcripts, where 2003 and 2008 write "パラメータ" and later releases "パラメーター".
"""

from typing import Final

_WIN32: Final[dict[int, tuple[str, str]]] = {
    1: ("Incorrect function.", "ファンクションが間違っています。"),
    2: ("The system cannot find the file specified.", "指定されたファイルが見つかりません。"),
    3: ("The system cannot find the path specified.", "指定されたパスが見つかりません。"),
    5: ("Access is denied.", "アクセスが拒否されました。"),
    13: ("The data is invalid.", "データが無効です。"),
    15: ("The system cannot find the drive specified.", "指定されたドライブが見つかりません。"),
    17: (
        "The system cannot move the file to a different disk drive.",
        "ファイルを別のディスク ドライブに移動できません。",
    ),
    21: ("The device is not ready.", "デバイスの準備ができていません。"),
    32: (
        "The process cannot access the file because it is being used by another process.",
        "プロセスはファイルにアクセスできません。別のプロセスが使用中です。",
    ),
    53: ("The network path was not found.", "ネットワーク パスが見つかりません。"),
    80: ("The file exists.", "ファイルがあります。"),
    87: ("The parameter is incorrect.", "パラメーターが間違っています。"),
    112: ("There is not enough space on the disk.", "ディスクに十分な空き領域がありません。"),
    123: (
        "The filename, directory name, or volume label syntax is incorrect.",
        "ファイル名、ディレクトリ名、またはボリューム ラベルの構文が間違っています。",
    ),
    145: ("The directory is not empty.", "ディレクトリが空ではありません。"),
    183: (
        "Cannot create a file when that file already exists.",
        "既に存在するファイルを作成することはできません。",
    ),
    267: ("The directory name is invalid.", "ディレクトリ名が無効です。"),
    1006: (
        "The volume for a file has been externally altered so that the opened file is no longer valid.",
        "ファイルを格納しているボリュームが外部的に変更されたため、開かれているファイルが無効になりました。",
    ),
    1051: (
        "A stop control has been sent to a service that other running services are dependent on.",
        "実行中のほかのサービスが依存しているサービスに、停止コントロールが送信されました。",
    ),
    1053: (
        "The service did not respond to the start or control request in a timely fashion.",
        "そのサービスは指定時間内に開始要求または制御要求に応答しませんでした。",
    ),
    1056: ("An instance of the service is already running.", "サービスのインスタンスは既に実行中です。"),
    1058: (
        (
            "The service cannot be started, either because it is disabled or because it has no enabled devices "
            "associated with it."
        ),
        "無効になっているか、または関連付けられた有効なデバイスがないため、サービスを開始できません。",
    ),
    1060: (
        "The specified service does not exist as an installed service.",
        "指定されたサービスはインストール済みサービスとして存在しません。",
    ),
    1061: (
        "The service cannot accept control messages at this time.",
        "サービスは現在、コントロール メッセージを受け取ることができません。",
    ),
    1062: ("The service has not been started.", "サービスは開始されていません。"),
    1067: ("The process terminated unexpectedly.", "プロセスを途中で強制終了しました。"),
    1068: (
        "The dependency service or group failed to start.",
        "依存関係サービスまたはグループを起動できませんでした。",
    ),
    1072: (
        "The specified service has been marked for deletion.",
        "指定されたサービスは削除の対象としてマークされています。",
    ),
    1073: ("The specified service already exists.", "指定されたサービスは既に存在します。"),
    1078: (
        "The name is already in use as either a service name or a service display name.",
        "名前はサービス名またはサービス表示名として既に使われています。",
    ),
    1332: (
        "No mapping between account names and security IDs was done.",
        "アカウント名とセキュリティ ID の間のマッピングは実行されませんでした。",
    ),
    1376: ("The specified local group does not exist.", "指定されたローカル グループはありません。"),
    1722: ("The RPC server is unavailable.", "RPC サーバーを利用できません。"),
}


def win32_message(code: int, language: str, version: tuple[int, int, int] = (6, 1, 7601)) -> str:
    """The sentence for a Win32 error code; *version* decides how old Japanese releases spell some words."""
    english, japanese = _WIN32.get(code, (f"Unknown error ({code}).", f"不明なエラー ({code})。"))
    if language != "ja":
        return english
    return japanese.replace("パラメーター", "パラメータ") if version[:2] <= (6, 0) else japanese
