import { type KeyObject, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** A certificate with its key, both PEM. */
export interface TestCertificate {
  readonly cert: string
  readonly key: string
}

/** Signs certificates of a server on loopback; keys live as long as the process and are never written anywhere. */
export interface TestAuthority {
  /** What clients have to trust, PEM. */
  readonly cert: string
  /** @param untilMs epoch milliseconds, as `fromMs` */
  issue(dnsName: string, fromMs: number, untilMs: number): TestCertificate
}

/** @param untilMs epoch milliseconds, as `fromMs` */
export function createTestAuthority(fromMs: number, untilMs: number): TestAuthority {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  // A client that trusts several of them finds the right one by its name alone.
  const issuer = `Simulated Exchange Authority ${randomBytes(8).toString('hex')}`
  let serial = 1
  const terms = { issuer, fromMs, untilMs, signer: authority.privateKey }
  return {
    cert: certificate({ ...terms, subject: issuer, publicKey: authority.publicKey, serial, extension: isAuthority }),
    issue(dnsName, from, until) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const facts = {
        ...terms,
        fromMs: from,
        untilMs: until,
        subject: dnsName,
        publicKey: pair.publicKey,
        serial: ++serial,
        extension: namesHost(dnsName),
      }
      return { cert: certificate(facts), key: String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })) }
    },
  }
}

interface CertificateFacts {
  readonly issuer: string
  readonly subject: string
  /** Less than 128. */
  readonly serial: number
  readonly fromMs: number
  readonly untilMs: number
  readonly publicKey: KeyObject
  readonly signer: KeyObject
  readonly extension: Buffer
}

const tags = { boolean: 0x01, integer: 0x02, bits: 0x03, bytes: 0x04, oid: 0x06, utf8: 0x0c, time: 0x18, sequence: 0x30, set: 0x31, dnsName: 0x82 }

/** ecdsa-with-SHA256, commonName, basicConstraints, subjectAltName. */
const oids = { ecdsaSha256: '2a8648ce3d040302', commonName: '550403', basicConstraints: '551d13', altName: '551d11' }

const isAuthority = der(
  tags.sequence,
  oid(oids.basicConstraints),
  der(tags.boolean, Buffer.from([0xff])),
  der(tags.bytes, der(tags.sequence, der(tags.boolean, Buffer.from([0xff])))),
)

function namesHost(dnsName: string): Buffer {
  return der(tags.sequence, oid(oids.altName), der(tags.bytes, der(tags.sequence, der(tags.dnsName, Buffer.from(dnsName)))))
}

/** An X.509 version 3 certificate with one extension, PEM. https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
function certificate(facts: CertificateFacts): string {
  const algorithm = der(tags.sequence, oid(oids.ecdsaSha256))
  const body = der(
    tags.sequence,
    der(0xa0, der(tags.integer, Buffer.from([2]))),
    der(tags.integer, Buffer.from([facts.serial])),
    algorithm,
    distinguishedName(facts.issuer),
    der(tags.sequence, time(facts.fromMs), time(facts.untilMs)),
    distinguishedName(facts.subject),
    facts.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(tags.sequence, facts.extension)),
  )
  const signature = der(tags.bits, Buffer.from([0]), sign('sha256', body, facts.signer))
  const lines =
    der(tags.sequence, body, algorithm, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

/** A value with its tag and length, as DER has it. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), content])
}

function oid(hex: string): Buffer {
  return der(tags.oid, Buffer.from(hex, 'hex'))
}

function distinguishedName(name: string): Buffer {
  return der(tags.sequence, der(tags.set, der(tags.sequence, oid(oids.commonName), der(tags.utf8, Buffer.from(name)))))
}

function time(ms: number): Buffer {
  return der(tags.time, Buffer.from(`${new Date(ms).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`))
}
