"""What a user of pyxnat does, against the address, login and password given as arguments."""

import hashlib
import os
import sys
import tempfile
import zipfile

from pyxnat import Interface

server, user, password = sys.argv[1:4]
work = tempfile.mkdtemp()
content = os.urandom(300_000)


def write(name, data):
    path = os.path.join(work, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def check(claim, holds):
    print(("ok   " if holds else "FAIL ") + claim)
    if not holds:
        sys.exit(1)


xnat = Interface(server=server, user=user, password=password)
check("lists the project", "DEMO" in xnat.select.projects().get())

project = xnat.select.project("DEMO")
subject = project.subject("S01")
experiment = subject.experiment("S01_CT_1")
scan = experiment.scan("1")
subject.create()
experiment.create(experiments="xnat:ctSessionData", **{"xnat:ctSessionData/date": "2026-01-02"})
scan.create(**{"scans": "xnat:ctScanData", "xnat:ctScanData/type": "T1", "xnat:ctScanData/quality": "usable"})
check("finds the subject", subject.exists() and subject.id().startswith("XNAT_S"))
check("finds the session", experiment.exists() and experiment.id().startswith("XNAT_E"))
check("knows the session type", experiment.datatype() == "xnat:ctSessionData")
check("finds the scan", scan.exists())

experiment.attrs.set("xnat:experimentData/note", "a b")
check("reads an attribute back", experiment.attrs.get("xnat:experimentData/note") == "a b")
check("reads the date back", experiment.attrs.get("xnat:ctSessionData/date") == "2026-01-02")

resource = scan.resource("DICOM")
file = resource.file("a.dcm")
file.put(write("a.dcm", content), format="DICOM", content="RAW")
check("finds the file", file.exists())
check("tells its size", int(file.size()) == len(content))
check("tells its format", file.format() == "DICOM")
check("tells its attributes", file.attributes()["path"] == "a.dcm")
check("tells its date", "GMT" in file.last_modified())
copy = file.get(os.path.join(work, "copy.dcm"))
check("downloads equal bytes", hashlib.md5(open(copy, "rb").read()).digest() == hashlib.md5(content).digest())

pack = os.path.join(work, "pack.zip")
with zipfile.ZipFile(pack, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("b.dcm", content)
    archive.writestr("sub/c.dcm", b"small")
resource.put_zip(pack, overwrite=True, extract=True)
check("unpacks a ZIP", resource.file("b.dcm").exists() and resource.file("sub/c.dcm").exists())
check("tells the size of an unpacked file", int(resource.file("sub/c.dcm").size()) == 5)

uri = "/data/projects/DEMO/subjects/S01/experiments/S01_CT_1/scans/1/resources/DICOM/files"
digests = {row["Name"]: row["digest"] for row in xnat._get_json(uri)}
check("tells digests", digests["a.dcm"] == digests["b.dcm"] == hashlib.md5(content).hexdigest())
check("tells the digest of a small file", digests["c.dcm"] == hashlib.md5(b"small").hexdigest())
check("has an empty prearchive", xnat.manage.prearchive.get() == [])

names = [os.path.relpath(path, os.path.join(work, "DICOM")) for path in resource.get(work, extract=True)]
check("downloads all as a ZIP", sorted(names) == ["a.dcm", "b.dcm", "sub/c.dcm"])

check("prints the project", "DEMO" in repr(project))
check("prints the subject", "S01" in repr(subject))
check("prints the session", "1 scan" in repr(experiment))
check("prints the scan", "T1" in repr(scan))
check("prints the resource", "3 files" in repr(resource))
check("tells the prearchive code", project.prearchive_code() == 4)
check("tells the users", user in project.users())
check("tells the access", project.accessibility() in ("private", b"private"))

file.delete()
check("deletes the file", not resource.file("a.dcm").exists())
experiment.delete()
check("deletes the session", not experiment.exists())
subject.delete()
check("deletes the subject", not subject.exists())
xnat.disconnect()
