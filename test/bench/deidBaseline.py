"""Basic Profile by pydicom: what one writes in an afternoon. Reads rows of Table E.1-1 (tag, action) from a file."""
import hashlib
import sys

import pydicom
from pydicom.uid import UID_dictionary

rows_path, *pairs = sys.argv[1:]
ACTIONS = {}
with open(rows_path, encoding="ascii") as rows:
    for row in rows:
        tag, action = row.split()[:2]
        ACTIONS[int(tag, 16)] = action
DUMMIES = {"DA": "19000101", "TM": "000000", "DT": "19000101", "PN": "ANON", "UI": "2.25.1", "AS": "000Y", "DS": "0", "IS": "0"}


def map_uid(uid):
    if uid in UID_dictionary or not uid:
        return uid
    return "2.25." + str(int.from_bytes(hashlib.sha256(b"key" + uid.encode()).digest()[:16], "big"))


def dummy(element):
    if element.VR == "SQ":
        return []
    if element.VR in ("OB", "OW", "UN"):
        return b"\0\0"
    return DUMMIES.get(element.VR, "ANON")


def clean(dataset, element):
    action = ACTIONS.get(int(element.tag))
    if element.tag.is_private or (action is not None and action.startswith("X")):
        del dataset[element.tag]
    elif action == "U" or (action is None and element.VR == "UI"):
        if element.VR == "UI":
            several = element.VM > 1
            element.value = [map_uid(u) for u in element.value] if several else map_uid(element.value)
    elif action is not None and action.startswith("Z"):
        element.value = [] if element.VR == "SQ" else None
    elif action is not None:
        element.value = dummy(element)


for source, target in zip(pairs[::2], pairs[1::2]):
    try:
        dataset = pydicom.dcmread(source)
        dataset.walk(clean)
        dataset.PatientIdentityRemoved = "YES"
        dataset.DeidentificationMethod = "BASELINE"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.save_as(target)
    except Exception as error:  # a tool that stops at one file says so, and goes on
        print(f"{type(error).__name__}", file=sys.stderr)
