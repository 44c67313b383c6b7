import { createPrivateKey, X509Certificate as NodeCertificate, webcrypto } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolderDurably, writeDurably } from '../durable-file.ts';

export type TlsIdentity = { readonly certificate: string; readonly key: string; readonly fingerprint: string };

const dayMs = 86_400_000;

/** SHA-256 of the certificate, as colon-separated upper-case hexadecimal: what browsers and OpenSSL show. */
function fingerprintOf(certificatePem: string): string {
  return new NodeCertificate(certificatePem).fingerprint256;
}

async function makeCertificate(now: Date): Promise<{ certificate: string; key: string }> {
  // Once in two years: every other start is a tenth shorter without these.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=Symbolon exchange on this machine',
      notBefore: new Date(now.getTime() - dayMs),
      // Apple's platforms refuse server certificates that live longer than 825 days.
      notAfter: new Date(now.getTime() + 820 * dayMs),
      signingAlgorithm: algorithm,
      keys: keys as CryptoKeyPair,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
          { type: 'ip', value: '::1' },
        ]),
      ],
    },
    webcrypto as Crypto,
  );
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
  };
}

/** The certificate in the data folder, made when there is none, or when it ends within 30 days. */
export async function localTlsIdentity(
  dataFolder: string,
  now: Date,
): Promise<TlsIdentity & { readonly made: boolean }> {
  const folder = join(dataFolder, 'tls');
  const certificateFile = join(folder, 'certificate.pem');
  const keyFile = join(folder, 'key.pem');
  try {
    const certificate = await readFile(certificateFile, 'utf8');
    const key = await readFile(keyFile, 'utf8');
    const parsed = new NodeCertificate(certificate);
    const matching = parsed.checkPrivateKey(createPrivateKey(key));
    if (matching && parsed.validToDate.getTime() - now.getTime() > 30 * dayMs) {
      return { certificate, key, fingerprint: parsed.fingerprint256, made: false };
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await makeFolderDurably(folder);
  const made = await makeCertificate(now);
  await writeDurably(keyFile, made.key, 0o600);
  await writeDurably(certificateFile, made.certificate, 0o644);
  await chmod(keyFile, 0o600);
  return { ...made, fingerprint: fingerprintOf(made.certificate), made: true };
}

export async function tlsIdentityFromFiles(certificateFile: string, keyFile: string): Promise<TlsIdentity> {
  const certificate = await readFile(certificateFile, 'utf8');
  return { certificate, key: await readFile(keyFile, 'utf8'), fingerprint: fingerprintOf(certificate) };
}
