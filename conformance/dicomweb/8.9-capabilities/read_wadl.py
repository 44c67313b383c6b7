"""Holds WADL documents against wadl.dtd, and tells what each says: {base, methods: {"GET path": id}, params: {id: [names]}, gives: {id: {status: [types]}}}."""

import json
import sys

from lxml import etree

W = "{http://wadl.dev.java.net/2009/02}"
dtd = etree.DTD(sys.argv[1])


def told(text):
    document = etree.fromstring(text.encode())
    if not dtd.validate(document):
        return {"invalid": [str(error) for error in dtd.error_log.filter_from_errors()]}
    resources = document.find(W + "resources")
    said = {"base": resources.get("base"), "methods": {}, "params": {}, "takes": {}, "gives": {}}
    waiting = [("", resource) for resource in resources.findall(W + "resource")]
    while waiting:
        above, resource = waiting.pop()
        path = (above + "/" + resource.get("path")).lstrip("/")
        for method in resource.findall(W + "method"):
            name = method.get("id")
            request = method.find(W + "request")
            said["methods"][method.get("name") + " " + path] = name
            said["params"][name] = [one.get("name") for one in request.findall(W + "param")]
            said["takes"][name] = [one.get("mediaType") for one in request.findall(W + "representation")]
            said["gives"][name] = {
                answer.get("status"): [one.get("mediaType") for one in answer.findall(W + "representation")]
                for answer in method.findall(W + "response")
            }
        waiting += [(path, child) for child in resource.findall(W + "resource")]
    return said


print(json.dumps([told(text) for text in json.load(sys.stdin)]))
