import { describe, expect, test } from "vitest";
import { hostFault } from "../../src/config/service-host.js";

describe("the machine of a source", () => {
  test.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xa9.254.43518/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[fd00:ec2::254]/",
    "http://[fd00:0ec2:0:0:0:0:0:254]/",
    "http://[fe80::1]/",
    "http://metadata.google.internal/",
    "http://METADATA.google.internal./",
    "http://169.254.170.2/v2/credentials",
    "http://168.63.129.16/",
  ])("%s is never asked", (address) => {
    expect(hostFault(address, false)).toMatch(/never a source/);
    expect(hostFault(address, true)).toMatch(/never a source/);
  });

  test.each([
    "http://localhost:8080/",
    "http://LOCALHOST./",
    "http://parking.localhost/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[0:0:0:0:0:ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
  ])("%s is asked only where that is written", (address) => {
    expect(hostFault(address, false)).toMatch(/allowLoopback/);
    expect(hostFault(address, true)).toBeNull();
  });

  test.each([
    "https://parking.internal/api",
    "http://10.0.0.8/",
    "http://[fd12:3456::8]/",
    "http://169.253.1.1/",
    "https://localhost.example/",
    "env:PARKING_URL",
    "no address",
  ])("%s is not the concern of this check", (address) => {
    expect(hostFault(address, false)).toBeNull();
  });
});
