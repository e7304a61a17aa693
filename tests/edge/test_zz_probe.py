import asyncio, json
import pytest
from tests.house_under_test import opened
async def raw(house, data, t=3):
    host, port = house.url.split("//")[1].split(":")
    r,w = await asyncio.open_connection(host,int(port))
    w.write(data)
    await w.drain()
    try:
        async with asyncio.timeout(t):
            got = await r.read(100000)
            more=b""
            try:
                async with asyncio.timeout(0.3): more = await r.read(100000)
                return (got+more)[:400], "EOF" if not more else "more"
            except TimeoutError: return got[:400], "open"
    except TimeoutError: return b"", "TIMEOUT"
    except ConnectionError as e: return b"", repr(e)
    finally: w.close()
async def test_it(tmp_path):
    async with opened(tmp_path/"d", commands_per_second=10**9) as house:
        from tests.house_under_test import basic
        A=f"Authorization: {basic(*house.key)}\r\nHost: x\r\n".encode()
        app=house.app_id.encode()
        integ=house.integrations["web"].encode()
        cases={
        "garbage":b"\x00\x01\x02\xff\r\n\r\n",
        "nocrlf":b"GET / HTTP/1.1",
        "lf":b"GET /healthz HTTP/1.1\nHost: x\n\n",
        "http10":b"GET /healthz HTTP/1.0\r\n\r\n",
        "http3":b"GET /healthz HTTP/3.0\r\n\r\n",
        "nohost":b"GET /healthz HTTP/1.1\r\n\r\n",
        "badhost":b"GET /v2/apps/"+app+b"/conversations?filter[userId]=x HTTP/1.1\r\nHost: [\r\n"+A.replace(b"Host: x\r\n",b"")+b"\r\n",
        "badhost2":b"GET /v2/apps/"+app+b"/integrations HTTP/1.1\r\nHost: [::1\r\n"+A.replace(b"Host: x\r\n",b"")+b"\r\n",
        "badhost3":b"GET /v2/apps/"+app+b"/integrations HTTP/1.1\r\nHost: a b:99999999\r\n"+A.replace(b"Host: x\r\n",b"")+b"\r\n",
        "rawbytes path":b"GET /v2/apps/"+app+b"/users/\xff\xfe HTTP/1.1\r\n"+A+b"\r\n",
        "pct path":b"GET /v2/apps/"+app+b"/users/%ff%zz%00 HTTP/1.1\r\n"+A+b"\r\n",
        "pct %":b"GET /v2/apps/"+app+b"/users/%zz HTTP/1.1\r\n"+A+b"\r\n",
        "pct ..":b"GET /v2/apps/"+app+b"/users/%2E%2E HTTP/1.1\r\n"+A+b"\r\n",
        "..":b"GET /v2/apps/"+app+b"/users/../users/x HTTP/1.1\r\n"+A+b"\r\n",
        "query bytes":b"GET /v2/apps/"+app+b"/integrations?page=\xff HTTP/1.1\r\n"+A+b"\r\n",
        "query pct":b"GET /v2/apps/"+app+b"/integrations?page=%ff HTTP/1.1\r\n"+A+b"\r\n",
        "query flt pct":b"GET /v2/apps/"+app+b"/integrations?filter[types]=%ff%00 HTTP/1.1\r\n"+A+b"\r\n",
        "query flt pct2":b"GET /v2/apps/"+app+b"/conversations?filter[userId]=%ff%00 HTTP/1.1\r\n"+A+b"\r\n",
        "bearer bytes":b"GET /v2/apps/"+app+b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\n\r\n",
        "basic bytes":b"GET /v2/apps/"+app+b" HTTP/1.1\r\nHost: x\r\nAuthorization: Basic \xff\r\n\r\n",
        "bad chunk":b"POST /v2/apps/"+app+b"/users HTTP/1.1\r\n"+A+b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        "both":b"POST /v2/apps/"+app+b"/users HTTP/1.1\r\n"+A+b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "cl neg":b"POST /v2/apps/"+app+b"/users HTTP/1.1\r\n"+A+b"Content-Length: -5\r\n\r\n",
        "cl twice":b"POST /v2/apps/"+app+b"/users HTTP/1.1\r\n"+A+b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "gzip garbage":b"POST /v2/apps/"+app+b"/users HTTP/1.1\r\n"+A+b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        "enc unknown":b"POST /v2/apps/"+app+b"/users HTTP/1.1\r\n"+A+b"Content-Encoding: x\r\nContent-Length: 2\r\n\r\n{}",
        "charset":b"POST /v2/apps/"+app+b"/users HTTP/1.1\r\n"+A+b"Content-Type: application/json; charset=nope\r\nContent-Length: 2\r\n\r\n{}",
        "expect":b"POST /v2/apps/"+app+b"/users HTTP/1.1\r\n"+A+b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
        "expect bad":b"POST /v2/apps/"+app+b"/users HTTP/1.1\r\n"+A+b"Expect: nonsense\r\nContent-Length: 2\r\n\r\n{}",
        "head":b"HEAD /v2/apps/"+app+b" HTTP/1.1\r\n"+A+b"\r\n",
        "options":b"OPTIONS /v2/apps/"+app+b" HTTP/1.1\r\n"+A+b"\r\n",
        "options*":b"OPTIONS * HTTP/1.1\r\n"+A+b"\r\n",
        "connect":b"CONNECT a:1 HTTP/1.1\r\n"+A+b"\r\n",
        "absolute":b"GET http://evil/v2/apps/"+app+b" HTTP/1.1\r\n"+A+b"\r\n",
        "long line":b"GET /"+b"a"*20000+b" HTTP/1.1\r\n"+A+b"\r\n",
        "long uri ok":b"GET /v2/apps/"+app+b"/users/"+b"a"*9000+b" HTTP/1.1\r\n"+A+b"\r\n",
        "huge head":b"GET / HTTP/1.1\r\n"+b"X-a: b\r\n"*3000,
        "huge head fin":b"GET / HTTP/1.1\r\n"+b"X-a: b\r\n"*3000+b"\r\n",
        "pipeline":(b"GET /v2/apps/"+app+b" HTTP/1.1\r\n"+A+b"\r\n")*3,
        "upg plain":b"GET /sdk/v2/integrations/"+integ+b"/socket HTTP/1.1\r\nHost: x\r\n\r\n",
        "upg nokey":b"GET /sdk/v2/integrations/"+integ+b"/socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
        "upg badkey":b"GET /sdk/v2/integrations/"+integ+b"/socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: a\r\n\r\n",
        "upg badver":b"GET /sdk/v2/integrations/"+integ+b"/socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "upg ok":b"GET /sdk/v2/integrations/"+integ+b"/socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "upg post":b"POST /sdk/v2/integrations/"+integ+b"/socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "upg bad hdr":b"GET /sdk/v2/integrations/"+integ+b"/socket HTTP/1.1\r\nHost: x\r\nbad header\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "upg long hdr":b"GET /sdk/v2/integrations/"+integ+b"/socket HTTP/1.1\r\nHost: x\r\nX: "+b"y"*10000+b"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "ka then upg":b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /sdk/v2/integrations/"+integ+b"/socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "te junk":b"GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: junk\r\n\r\n",
        "abort body":b"POST /v2/apps/"+app+b"/users HTTP/1.1\r\n"+A+b"Content-Length: 500\r\n\r\n{}",
        "size 100000":b"POST /v2/apps/"+app+b"/users HTTP/1.1\r\n"+A+b"Content-Length: 100000\r\n\r\n"+b"{}"+b" "*99998,
        "size 100001":b"POST /v2/apps/"+app+b"/users HTTP/1.1\r\n"+A+b"Content-Length: 100001\r\n\r\n"+b"{}"+b" "*99999,
        }
        for n,c in cases.items():
            got,how=await raw(house,c,2)
            print(f"{n:14} {how:8} {got[:15]!r} … {got[-160:]!r}")
        assert (await house.rest("GET","")).status==200
