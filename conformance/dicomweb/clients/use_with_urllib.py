"""What a script of a user does with nothing but Python: URL CA-FILE FOLDER; the token stands in the environment."""
import json
import os
import re
import ssl
import sys
import urllib.error
import urllib.request
import uuid

root, ca, folder = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)


def ask(path, accept, body=None, kind=None):
    headers = {"Authorization": "Bearer " + os.environ["TOKEN"], "Accept": accept}
    if kind:
        headers["Content-Type"] = kind
    request = urllib.request.Request(root + path, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, context=context) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read()


def parts(headers, body):
    boundary = re.search('boundary="?([^";]+)', headers["Content-Type"]).group(1).encode()
    pieces = body.split(b"--" + boundary)
    return [piece.split(b"\r\n\r\n", 1)[1][:-2] for piece in pieces[1:-1]]


names = sorted(os.listdir(folder))
files = {name: open(os.path.join(folder, name), "rb").read() for name in names}
boundary = uuid.uuid4().hex
head = ("--%s\r\nContent-Type: application/dicom\r\n\r\n" % boundary).encode()
body = b"".join(head + files[name] + b"\r\n" for name in names) + ("--%s--\r\n" % boundary).encode()
kind = 'multipart/related; type="application/dicom"; boundary=' + boundary
status, _, answer = ask("/studies", "application/dicom+json", body, kind)
stored = len(json.loads(answer)["00081199"]["Value"])

_, _, answer = ask("/studies?PatientName=Urlli*&includefield=all", "application/dicom+json")
found = [one["0020000D"]["Value"][0] for one in json.loads(answer)]
_, _, answer = ask("/studies/%s/metadata" % found[0], "application/dicom+json")
described = len(json.loads(answer))
_, headers, answer = ask("/studies/%s" % found[0], 'multipart/related; type="application/dicom"')
same = sorted(parts(headers, answer)) == sorted(files.values())
instance = json.loads(ask("/studies/%s/instances?limit=1" % found[0], "application/dicom+json")[2])[0]
picture, kinds, _ = ask(
    "/studies/%s/series/%s/instances/%s/rendered"
    % tuple(instance[tag]["Value"][0] for tag in ("0020000D", "0020000E", "00080018")),
    "image/png",
)
absent, _, why = ask("/studies/1.2.3.4/metadata", "application/dicom+json")
print(json.dumps({
    "status": status, "stored": stored, "found": found, "described": described, "same": same,
    "picture": [picture, kinds["Content-Type"]], "absent": [absent, json.loads(why)["status"]],
}))
