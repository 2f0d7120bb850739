// A timestamping authority made with openssl: certificates good and bad, and real answers to real requests.
import { execFileSync } from "node:child_process";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";

/** Debian, and most systems, have it; where it is missing there is nothing to test with. */
export const hasOpenssl = (() => {
  try {
    return execFileSync("openssl", ["version"], { encoding: "utf8" }).startsWith("OpenSSL 3");
  } catch {
    return false;
  }
})();

const leaf = (purpose: string): string =>
  `basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=${purpose}\n`;
const authority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n";
const extensions: Readonly<Record<string, string>> = {
  good: leaf("critical,timeStamping"),
  "other-purpose": leaf("critical,serverAuth"),
  "two-purposes": leaf("critical,timeStamping,serverAuth"),
  "not-critical": leaf("timeStamping"),
  "no-purpose": "basicConstraints=critical,CA:FALSE\n",
  between: authority,
  "no-authority": leaf("critical,timeStamping"),
};

const caConfig = `[ca]
default_ca=own
[own]
dir=.
new_certs_dir=.
database=index.txt
serial=serial
default_md=sha256
policy=any
unique_subject=no
[any]
commonName=supplied
`;

const tsaConfig = (signer: string): string => `[tsa]
default_tsa=own
[own]
serial=tsa-serial
signer_cert=${signer}.crt
signer_key=${signer}.key
certs=chain.pem
signer_digest=sha256
default_policy=1.2.3.4.1
other_policies=1.2.3.4.2
digests=sha256,sha512
ess_cert_id_alg=sha256
`;

const day = (days: number): string =>
  `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;

export class MadeAuthority {
  readonly folder = mkdtempSync(join(tmpdir(), "passerelle-tsa-"));
  readonly #servers: Server[] = [];

  constructor() {
    writeFileSync(join(this.folder, "ca.cnf"), caConfig);
    writeFileSync(join(this.folder, "index.txt"), "");
    for (const serial of ["serial", "tsa-serial"]) writeFileSync(join(this.folder, serial), "01");
    this.root("root");
    this.root("another-root");
    this.issue("good", "good");
    writeFileSync(join(this.folder, "chain.pem"), readFileSync(join(this.folder, "root.crt")));
  }

  openssl(...args: readonly string[]): Buffer {
    return execFileSync("openssl", [...args], { cwd: this.folder, stdio: ["ignore", "pipe", "ignore"] });
  }

  root(name: string): void {
    this.openssl(
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3000"],
      ...["-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.crt`],
      ...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"],
    );
  }

  /** @param kind of `extensions` above. @param rsa its key is RSA, not an elliptic curve */
  issue(name: string, kind: string, { by = "root", from = -10, until = 100, rsa = false } = {}): void {
    const key = rsa ? ["-newkey", "rsa:2048"] : ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    this.openssl("req", "-new", ...key, "-nodes", "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`); // prettier-ignore
    writeFileSync(join(this.folder, `${kind}.ext`), extensions[kind] ?? "");
    this.openssl(
      ...["ca", "-batch", "-notext", "-config", "ca.cnf", "-in", `${name}.csr`, "-out", `${name}.crt`],
      ...["-cert", `${by}.crt`, "-keyfile", `${by}.key`, "-extfile", `${kind}.ext`],
      ...["-startdate", day(from), "-enddate", day(until)],
    );
  }

  certificate(name: string): X509Certificate {
    return new X509Certificate(readFileSync(join(this.folder, `${name}.crt`)));
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  /** What `openssl ts` answers to a request. */
  reply(request: Buffer, signer = "good"): Buffer {
    writeFileSync(this.path("tsa.cnf"), tsaConfig(signer));
    writeFileSync(this.path("query"), request);
    return this.openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query");
  }

  /**
   * A token of what `content` (a TSTInfo in DER) says, signed with a certificate that `openssl ts` itself would not sign
   * with.
   */
  sign(content: Buffer, signer: string): Buffer {
    writeFileSync(this.path("content"), content);
    return this.openssl(
      ...["cms", "-sign", "-binary", "-nodetach", "-cades", "-md", "sha256", "-in", "content", "-outform", "DER"],
      ...["-econtent_type", "1.2.840.113549.1.9.16.1.4", "-signer", `${signer}.crt`, "-inkey", `${signer}.key`],
      ...["-certfile", "chain.pem"],
    );
  }

  async serve(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
