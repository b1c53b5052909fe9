import { isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatEndpoint, parseEndpoint } from "#shared/p2p/endpoint-text.ts";
import {
  formatIp,
  isInNetwork,
  isIpv4,
  isLoopback,
  isRoutable,
  networkGroup,
  parseIp,
  parseNetworkOfIps,
} from "#shared/p2p/ip-address.ts";

function ip(text: string): Uint8Array {
  const bytes = parseIp(text);
  if (bytes === undefined) throw new RangeError(text);
  return bytes;
}

describe("an IP address", () => {
  it.each([
    ["1.2.3.4", "1.2.3.4"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["::ffff:102:304", "1.2.3.4"],
    ["::1", "::1"],
    ["::", "::"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["1:0:0:0:0:0:0:0", "1::"],
    ["fe80::1:2:3:4", "fe80::1:2:3:4"],
    ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
  ])("reads %s as %s", (text, plain) => {
    expect(formatIp(ip(text))).toBe(plain);
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4.5",
    "example.org",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8",
    "12345::",
    "1.2.3.4::",
    "::1.2.3.999",
    "fe80::1%eth0",
  ])("reads no address in %j", (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  it("is read as it was written, and written as the system would read it", () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const holes = fc
      .array(fc.constantFrom(0, 0, 0, 1, 0xff), { minLength: 16, maxLength: 16 })
      .map((numbers) => Uint8Array.from(numbers));
    fc.assert(
      fc.property(fc.oneof(bytes, holes), (address) => {
        const text = formatIp(address);
        expect(parseIp(text)).toEqual(address);
        expect(isIpv4(address) || isIPv6(text)).toBe(true);
      }),
    );
  });

  it.each([
    ["8.8.8.8", true],
    ["9.255.255.255", true],
    ["10.0.0.0", false],
    ["10.255.255.255", false],
    ["11.0.0.0", true],
    ["100.63.255.255", true],
    ["100.64.0.0", false],
    ["127.0.0.1", false],
    ["172.15.255.255", true],
    ["172.16.0.0", false],
    ["172.32.0.0", true],
    ["192.168.1.1", false],
    ["198.17.255.255", true],
    ["198.18.0.0", false],
    ["223.255.255.255", true],
    ["224.0.0.0", false],
    ["255.255.255.255", false],
    ["0.0.0.0", false],
    ["::1", false],
    ["::", false],
    ["fe80::1", false],
    ["fc00::1", false],
    ["2001:db8::1", false],
    ["2001:10::1", false],
    ["2a00::1", true],
    ["2001:4860::1", true],
  ])("of the Internet: %s %s", (text, routable) => {
    expect(isRoutable(ip(text))).toBe(routable);
  });

  it.each([
    ["8.8.8.8", "8.8"],
    ["8.8.255.1", "8.8"],
    ["8.9.8.8", "8.9"],
    ["192.168.1.2", "192.168.1.2"],
    ["2a00:1:2:3::4", "2a00:1::"],
    ["2a00:1:ffff::", "2a00:1::"],
    ["::1", "::1"],
  ])("%s is of the group %s", (text, group) => {
    expect(networkGroup(ip(text))).toBe(group);
  });

  it("is of this machine in all of 127, and ::1 alone", () => {
    expect(["127.0.0.1", "127.255.0.2", "::1"].map((text) => isLoopback(ip(text)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["126.0.0.1", "128.0.0.1", "::", "::2"].map((text) => isLoopback(ip(text)))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("a network of addresses", () => {
  const has = (network: string, address: string) => {
    const parsed = parseNetworkOfIps(network);
    return parsed !== undefined && isInNetwork(ip(address), parsed.ip, parsed.bits);
  };

  it.each([
    ["10.1.2.3", "10.1.2.3", true],
    ["10.1.2.3", "10.1.2.4", false],
    ["10.1.0.0/16", "10.1.255.255", true],
    ["10.1.0.0/16", "10.2.0.0", false],
    ["10.1.2.0/23", "10.1.3.255", true],
    ["10.1.2.0/23", "10.1.4.0", false],
    ["0.0.0.0/0", "255.1.1.1", true],
    ["0.0.0.0/0", "2a00::1", false],
    ["::/0", "1.2.3.4", true],
    ["2a00::/12", "2a0f::1", true],
    ["2a00::/12", "2a10::1", false],
  ])("%s and %s: %s", (network, address, inside) => {
    expect(has(network, address)).toBe(inside);
  });

  it.each(["10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/x", "name/8", ""])(
    "is not %j",
    (text) => {
      expect(parseNetworkOfIps(text)).toBeUndefined();
    },
  );
});

describe("an endpoint", () => {
  it.each([
    ["1.2.3.4", "1.2.3.4:4562"],
    ["1.2.3.4:9", "1.2.3.4:9"],
    ["[2A00::1]:9", "[2a00::1]:9"],
    ["[2a00::1]", "[2a00::1]:4562"],
    ["2a00::1", "[2a00::1]:4562"],
    ["Seed.Example.ORG:65535", "seed.example.org:65535"],
    ["abc234.onion:9", "abc234.onion:9"],
    ["localhost", "localhost:4562"],
  ])("reads %s as %s", (text, plain) => {
    const endpoint = parseEndpoint(text, 4_562);
    expect(endpoint === undefined ? undefined : formatEndpoint(endpoint)).toBe(plain);
  });

  it.each([
    "",
    ":9",
    "1.2.3.4:0",
    "1.2.3.4:65536",
    "1.2.3.4:",
    "1.2.3.256",
    "[1.2.3.4",
    "a b",
    "-a.example",
    "a..b",
    "http://a",
    "2a00::1:2:3:4:5:6:7:8:9",
  ])("is not %j", (text) => {
    expect(parseEndpoint(text, 4_562)).toBeUndefined();
  });
});
