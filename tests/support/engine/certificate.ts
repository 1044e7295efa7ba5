import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** One DER value: tag, length, content (X.690 §8.1). */
function der(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const long =
    body.length > 0xff
      ? [0x82, body.length >> 8, body.length & 0xff]
      : body.length > 0x7f
        ? [0x81, body.length]
        : [body.length];
  return Buffer.concat([Buffer.from([tag, ...long]), body]);
}

const [SEQUENCE, SET, INTEGER, BITS, OCTETS, OID, UTF8, TIME, YES] = [
  0x30,
  0x31,
  0x02,
  0x03,
  0x04,
  0x06,
  0x0c,
  0x18,
  Buffer.from([0x01, 0x01, 0xff]),
];
const oid = (hex: string) => der(OID, Buffer.from(hex, 'hex'));
const ECDSA_SHA256 = der(SEQUENCE, oid('2a8648ce3d040302'));
const COMMON_NAME = '550403';
const extension = (id: string, critical: boolean, value: Buffer) =>
  der(SEQUENCE, oid(id), ...(critical ? [YES] : []), der(OCTETS, value));
const pem = (bytes: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replaceAll(/.{1,64}/gu, '$&\n')}-----END CERTIFICATE-----\n`;

/** A key and a self-signed certificate for 127.0.0.1 and localhost; PEM (RFC 5280). */
export function selfSigned(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const name = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, oid(COMMON_NAME), der(UTF8, Buffer.from('origin.test')))),
  );
  const validity = der(
    SEQUENCE,
    der(TIME, Buffer.from('20200101000000Z')),
    der(TIME, Buffer.from('21200101000000Z')),
  );
  const names = der(
    SEQUENCE,
    der(0x82, Buffer.from('localhost')),
    der(0x87, Buffer.from([127, 0, 0, 1])),
  );
  const extensions = der(
    SEQUENCE,
    extension('551d13', true, der(SEQUENCE, YES)),
    extension(
      '551d0e',
      false,
      der(OCTETS, createHash('sha256').update(spki).digest().subarray(0, 20)),
    ),
    extension('551d11', false, names),
  );
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(8)]);
  const body = der(
    SEQUENCE,
    der(0xa0, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, serial),
    ECDSA_SHA256,
    name,
    validity,
    name,
    spki,
    der(0xa3, extensions),
  );
  const signature = sign('sha256', body, privateKey);
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    cert: pem(der(SEQUENCE, body, ECDSA_SHA256, der(BITS, Buffer.from([0]), signature))),
  };
}
