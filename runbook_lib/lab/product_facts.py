"""Services and versions of the products on a node: what the manual and public sources say of them."""

from typing import Final

from runbook_lib.lab.service_facts import AUTO, DEMAND

# key name, display name, program, depends on: the display names are the manual's (steps 4-(4) and 6-(1)), the rest
# is invented.
ESMPRO_SERVICES: Final = (
    ("AlmSocketR", "Alert Manager Socket(R) Service", r"AlertMan\amvsckr.exe", ()),
    ("EsmBaseSvc", "ESM Base Service", r"ESMBASE\bin\esmbase.exe", ()),
    ("EsmCmdSvc", "ESM Command Service", r"ESMBASE\bin\esmcmd.exe", ("EsmBaseSvc",)),
    ("EsmRmapSvc", "ESM Remote Map Service", r"ESMBASE\bin\esmrmap.exe", ("EsmBaseSvc",)),
    ("DmiEvWatch", "Dmi Event Watcher", r"ESMBASE\bin\dmieventwatcher.exe", ()),
    ("EsmAlertSvc", "ESM Alert Service", r"ESMBASE\bin\esmalert.exe", ("EsmBaseSvc",)),
)
CM_SERVICES: Final = (
    ("CmCmit", "ESMPRO/CM CMIT service", "cmit.exe"),
    ("CmuRelaySvc", "ESMPRO/CM CMURELAY", "cmurelay.exe"),
    ("CmManagerSvc", "ESMPRO/CM Manager", "cmmanager.exe"),
    ("CmPowerOnSvc", "ESMPRO/CM Poweron Service", "cmpoweron.exe"),
    ("CmSenderSvc", "ESMPRO/CM Sender", "cmsender.exe"),
    ("CmSnmpSvc", "ESMPRO/CM Snmp Manager", "cmsnmp.exe"),
    ("EsmTimeSrv", "ESMPRO Time Server", "esmtime.exe"),
)
# Keys and start modes: EXPRESSCLUSTER/Tools, enableServiceAutoStart.bat; display names: EXPRESSCLUSTER/Maintenance.
CLUSTERPRO_SERVICES: Final = (
    ("clpstartup", "{}", "clpstartup.exe", AUTO),
    ("clpevent", "{} Event", "clpevent.exe", AUTO),
    ("clppm", "{} Server", "clppmsvc.exe", AUTO),
    ("clpwebmgr", "{} Manager", "clpwebmgr.exe", AUTO),
    ("clptrnsv", "{} Transaction", "clptrnsv.exe", AUTO),
    ("clpoldapi", "{} Old API Support", "clpoldapi.exe", AUTO),
    ("clpwebalt", "{} Web Alert", "clpwebalt.exe", AUTO),
    ("clpdiskagent", "{} Disk Agent", "clpdiskagent.exe", DEMAND),
)
CLUSTERPRO_VERSIONS: Final = {
    "1.0": "9.00",
    "2.0": "10.00",
    "2.1": "10.10",
    "3.0": "11.00",
    "3.1": "11.10",
    "3.3": "11.30",
}
CM_VERSIONS: Final = {"2003": "4.0", "2008": "4.1"}
CM_VERSION: Final = "4.2"
"""By release of Windows, the first that supports it (the manual's list); any other has the newest."""

GUI_PROGRAM: Final = "CMViewer.exe"
"""Image name of CM GUI; invented."""

CM_PRODUCT: Final = "{5D2A7C84-61F3-4E09-9B7A-C0E41F8A6D22}"
CLUSTERPRO_PRODUCT: Final = "{9B4E6F10-3C57-4B2E-8F0D-1A6C2E7D5B31}"
UNINSTALL: Final = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
