import { resolve } from 'node:path';

/** Where a store lies. `endpoint` is an origin, `prefix` is empty or ends with a slash. */
export type BlobPlace = { readonly kind: 'file'; readonly folder: string } | S3Place;

export type S3Place = {
  readonly kind: 's3';
  readonly endpoint: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  /** The bucket in the path of each request, or in front of the host's name. */
  readonly pathStyle: boolean;
};

const s3Form = 's3:https://host[:port]/bucket[/prefix][?region=…&path-style=true|false]';

/**
 * Reads the address of a store: `file:/path`, or `s3:` and a URL. What is wrong comes back in words that follow the
 * setting's name, and never quote an address that carries a password.
 */
export function readBlobPlace(address: string): BlobPlace | { readonly wrong: string } {
  if (address.startsWith('file:'))
    return { kind: 'file', folder: resolve(address.slice('file:'.length).replace(/^\/\/(?=\/)/, '')) };
  return address.startsWith('s3:')
    ? readS3Place(address.slice('s3:'.length))
    : { wrong: `must be file:/path or ${s3Form}; it is "${address.replace(/\/\/[^/]*@/, '//…@')}".` };
}

function readS3Place(address: string): S3Place | { readonly wrong: string } {
  const url = URL.parse(address);
  if (url === null || !/^https?:\/\//.test(address)) return { wrong: `must have the form ${s3Form}.` };
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    return { wrong: 'must not carry credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead.' };
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return { wrong: 'must begin with s3:https://. Without TLS a store is taken on this machine only.' };
  const [bucket = '', ...below] = url.pathname.replace(/^\//, '').replace(/\/+$/, '').split('/');
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    return { wrong: `must name a bucket, 3 to 63 of a-z, 0-9, dot and hyphen: ${s3Form}.` };
  if (!below.every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part)))
    return { wrong: 'has a prefix with other characters than letters, digits, dot, hyphen and underscore.' };
  const ofAws = /^s3[.-]([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(url.hostname);
  const { region, 'path-style': pathStyle, ...others } = Object.fromEntries(url.searchParams);
  const strange = Object.keys(others);
  if (strange.length > 0)
    return { wrong: `has ${strange.join(' and ')} behind its ?; there are region and path-style.` };
  if (pathStyle !== undefined && pathStyle !== 'true' && pathStyle !== 'false')
    return { wrong: `must say path-style=true or path-style=false; it says "${pathStyle}".` };
  if (region !== undefined && !/^[A-Za-z0-9-]+$/.test(region)) return { wrong: 'has a region that is none.' };
  return {
    kind: 's3',
    endpoint: url.origin,
    bucket,
    prefix: below.map((part) => `${part}/`).join(''),
    region: region ?? ofAws?.[1] ?? 'us-east-1',
    // Amazon's own takes the bucket in its name; most others have no such names.
    pathStyle: pathStyle === undefined ? !/\.amazonaws\.com(\.cn)?$/.test(url.hostname) : pathStyle === 'true',
  };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

/** Whether one of two S3 places is in the other. One server by two names slips through here: `areOnePlace` asks it. */
export function s3PlacesOverlap(a: S3Place, b: S3Place): boolean {
  return (
    a.endpoint === b.endpoint &&
    a.bucket === b.bucket &&
    (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix))
  );
}

/** As people are told of it. */
export function placeName(place: BlobPlace): string {
  return place.kind === 'file' ? place.folder : `${place.endpoint}/${place.bucket}/${place.prefix}`;
}
