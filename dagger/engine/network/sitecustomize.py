"""Has every Python of a step that downloads ask a mirror in place of its host: Python imports a module of this name first.

V8's scripts name their hosts in their texts, and CIPD's is asked by a bare HTTPSConnection, which knows no proxy: that one
goes by urllib here, too. Versions of V8 that run Python 2, before 0.66, are not covered.
"""

import http.client
import os.path
import urllib.error
import urllib.parse
import urllib.request

with open(os.path.join(os.path.dirname(__file__), "../mirrors")) as file:
    MIRRORS = dict(line.split() for line in file)

Secure = http.client.HTTPSConnection
Plain = http.client.HTTPConnection
ask = urllib.request.OpenerDirector.open


def mirrored(url):
    parts = urllib.parse.urlsplit(url)
    mirror = MIRRORS.get(parts.hostname)
    return url if mirror is None else mirror + url[len(f"{parts.scheme}://{parts.netloc}"):]


def open_mirrored(self, fullurl, *rest, **named):
    # Of a redirect, too: urllib follows it by this method.
    if isinstance(fullurl, str):
        return ask(self, mirrored(fullurl), *rest, **named)
    fullurl.full_url = mirrored(fullurl.full_url)
    return ask(self, fullurl, *rest, **named)


class OfUrllib(Secure):
    """A connection that urllib made. The class itself keeps its name, by which its own methods look for it."""


def request(self, method, url, body=None, headers=None, **named):
    if isinstance(self, OfUrllib):
        return Plain.request(self, method, url, body, headers or {}, **named)
    own = {name: value for name, value in (headers or {}).items() if name.lower() != "host"}
    try:
        self.answered = urllib.request.urlopen(urllib.request.Request(f"https://{self.host}{url}", body, own, method=method))
    except urllib.error.HTTPError as error:
        self.answered = error


def getresponse(self):
    return Plain.getresponse(self) if isinstance(self, OfUrllib) else self.answered


def open_securely(self, request):
    return self.do_open(OfUrllib, request, context=self._context)


urllib.request.OpenerDirector.open = open_mirrored
urllib.request.HTTPSHandler.https_open = open_securely
Secure.request = request
Secure.getresponse = getresponse
