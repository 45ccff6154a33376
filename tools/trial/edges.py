"""CloudFront before API Gateway: the emulator knows distributions by their own names alone, and goes to no host of AWS."""
import inspect
import os

import ministack.services.cloudfront as cloudfront
from ministack.core.responses import get_request_client_ip

from gaps import gap

ASKED = "x-trial-host"  # the host that the client asked for


def distribution(host):
    """The name of the distribution that has the host among its aliases."""
    for found in cloudfront._distributions.values():
        if f">{host}<" in found["config_xml"]:
            return found["DomainName"]
    return "none.cloudfront.net"


def fill():
    gap("_is_aws_owned_host" in inspect.getsource(cloudfront._forward_to_origin), "that the firewall's rules block, and what CloudFront keeps in its caches",
        "ministack's CloudFront goes to no host of AWS; edges.py leads it to the API")
    headers = cloudfront._origin_request_headers

    def with_viewer(origin, sent, client_ip, forwarded_for):
        sent = dict(sent)
        asked = sent.pop(ASKED, None)
        if asked:
            sent["host"] = asked
        sent["cloudfront-viewer-address"] = f"{get_request_client_ip()}:443"
        return headers(origin, sent, client_ip, forwarded_for)
    cloudfront._origin_request_headers = with_viewer
    cloudfront._is_aws_owned_host = lambda host: False
    cloudfront._origin_connect_target = lambda origin, viewer_is_https: ("127.0.0.1", int(os.environ["GATEWAY_PORT"]), True)
