"""Prints the status that a host answers with, whatever it is: ask.py URL. No answer is an error that says why not."""

import sys
import urllib.error
import urllib.request


class Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer."""

    def redirect_request(self, *_):
        return None


try:
    request = urllib.request.Request(sys.argv[1], method="HEAD")
    print(urllib.request.build_opener(Stay).open(request, timeout=20).status)
except urllib.error.HTTPError as error:
    print(error.code)
except OSError as error:
    sys.exit(str(error))
