import { keptTogether } from './french.ts';
import type { ConnectionTest, Hop, HopKind } from '../contract/network.ts';

/** What is said of one part of the way. */
export type HopWords = {
  title: string;
  /** What was found, or what is wrong. */
  found: string;
  /** Null where nothing has to be done. */
  toDo: string | null;
  /** What was expected and what was received instead, by their names; for certificates. */
  facts: readonly (readonly [name: string, value: string])[];
};

type Language = 'en' | 'fr';
type Words = {
  titles: Record<HopKind, string>;
  states: Record<Hop['state'], string>;
  by: Record<NonNullable<Hop['by']>, string>;
  is(host: string, addresses: string): string;
  isAddress: string;
  proxyLooksUp(host: string): string;
  noProxy: string;
  proxy(name: string, by: string, user: string | null): string;
  trusted(host: string, issuer: string): string;
  service(host: string, version: string): string;
  servers(count: number, hosts: string): string;
  notAll(failed: string): string;
  faults: Record<NonNullable<Hop['fault']>, (host: string) => { found: string; toDo: string }>;
  codes: Partial<
    Record<NonNullable<Hop['code']>, (hosts: string) => { found: string; toDo: string }>
  >;
  /** A proxy script that can’t be read. */
  noScript: { found: string; toDo: string };
  other(kind: HopKind, hosts: string): { found: string; toDo: string };
  names: Record<'expected' | 'received' | 'fingerprint' | 'valid', string>;
  expected(host: string): string;
  received(subject: string, issuer: string): string;
  valid(from: string, to: string): string;
  verdicts: Record<HopKind | 'well' | 'noService' | 'untrusted', string>;
};

const en: Words = {
  titles: {
    name: 'Name lookup',
    proxy: 'Proxy',
    tls: 'Secure connection',
    service: 'Service',
    servers: 'Download servers',
    sources: 'Sources',
  },
  states: { ok: 'works', failed: 'fails', 'not-reached': 'not reached', none: 'not used' },
  by: {
    settings: 'set here',
    script: 'chosen by the PAC file',
    system: 'from the system setting',
    environment: 'from the environment variables',
  },
  is: (host, addresses) => `${host} is ${addresses}`,
  isAddress: 'Not needed for an IP address',
  proxyLooksUp: (host) => `The proxy looks up ${host}`,
  noProxy: 'None, connected directly',
  proxy: (name, by, user) => `${name}, ${by}${user === null ? '' : `, signed in as ${user}`}`,
  trusted: (host, issuer) => `${host}, certificate issued by ${issuer}`,
  service: (host, version) => `${host} answers, API ${version}`,
  servers: (count, hosts) => `${count === 1 ? '1 server' : `${count} servers`}: ${hosts}`,
  notAll: (failed) => `Not reached: ${failed}`,
  faults: {
    untrusted: (host) => ({
      found: `${host} shows a certificate that no known authority has issued.`,
      toDo: 'If your organisation has an authority of its own, add its CA file. Otherwise don’t trust this connection, and ask your IT department.',
    }),
    inspected: (host) => ({
      found: 'The proxy opens the connection and signs it again with its own certificate.',
      toDo: `Add the CA file from your IT department, or ask them not to inspect ${host}.`,
    }),
    expired: (host) => ({
      found: `The certificate of ${host} has expired.`,
      toDo: 'Check the date of this computer. If it’s right, tell those who run the service, or the proxy.',
    }),
    'not-yet-valid': (host) => ({
      found: `The certificate of ${host} isn’t valid yet.`,
      toDo: 'Check the date of this computer.',
    }),
    'other-name': (host) => ({
      found: `The certificate is for another name than ${host}.`,
      toDo: 'Check the address. On a network with a login page, log in to it in your browser first.',
    }),
    'certificate-wanted': (host) => ({
      found: `${host} asks for a certificate of yours.`,
      toDo: 'Add the client certificate from your IT department for this host.',
    }),
  },
  codes: {
    offline: (host) => ({
      found: `${host} wasn’t found.`,
      toDo: 'Check the address and the connection of this computer.',
    }),
    timeout: (host) => ({
      found: `${host} doesn’t answer.`,
      toDo: 'A firewall may drop the connection. Ask your IT department whether a proxy is needed.',
    }),
    'proxy-unreachable': (host) => ({
      found: `The proxy ${host} can’t be reached.`,
      toDo: 'Check its address and port with your IT department.',
    }),
    'proxy-auth': (host) => ({
      found: `The proxy ${host} asks for a user name and password.`,
      toDo: 'Enter them in Settings under Connection, or with “desk network login”. Only basic sign-in works: for Kerberos or NTLM ask IT for an exception, or for a relay on this computer.',
    }),
    'proxy-refused': (host) => ({
      found: `The proxy ${host} doesn’t let this address through.`,
      toDo: 'Ask your IT department to allow it, also for CONNECT.',
    }),
    'captive-portal': (host) => ({
      found: `A web page answers instead of ${host}.`,
      toDo: 'Log in to this network in your browser, then test again.',
    }),
    usage: () => ({
      found: 'The proxy script (PAC) doesn’t work.',
      toDo: 'Send the report to your IT department: the script itself fails.',
    }),
    tls: (host) => ({
      found: `No secure connection to ${host} could be made.`,
      toDo: 'Something on the way may interfere. Send the report to your IT department.',
    }),
    'service-unreachable': (host) => ({
      found: `${host} can’t be reached.`,
      toDo: 'Check the address and its port, and whether the service runs. A firewall may refuse the connection.',
    }),
    'client-too-old': () => ({
      found: 'The service wants a newer version of this app.',
      toDo: 'Update the app.',
    }),
  },
  noScript: {
    found: 'The proxy script (PAC) can’t be read.',
    toDo: 'Check its address with your IT department. Until it can be read, nothing can be reached.',
  },
  other: (kind, hosts) => ({
    found:
      kind === 'service' ? `${hosts} answers, but not as a service.` : `${hosts} can’t be reached.`,
    toDo:
      kind === 'service'
        ? 'Check the address. Something on the way may have changed the answer.'
        : 'Ask your IT department whether the firewall or the proxy lets it through.',
  }),
  names: {
    expected: 'Expected',
    received: 'Received',
    fingerprint: 'SHA-256 fingerprint',
    valid: 'Valid',
  },
  expected: (host) => `${host}, from a known authority`,
  received: (subject, issuer) => `${subject}, issued by “${issuer}”`,
  valid: (from, to) => `${from} to ${to}`,
  verdicts: {
    well: 'Everything works.',
    noService: 'No service is set up.',
    untrusted: 'The certificate isn’t trusted.',
    name: 'The address can’t be found.',
    proxy: 'The connection fails at the proxy.',
    tls: 'The secure connection fails.',
    service: 'The service doesn’t answer as it should.',
    servers: 'Not all download servers can be reached.',
    sources: 'Not all sources can be reached.',
  },
};

const fr: Words = {
  titles: {
    name: 'Résolution du nom',
    proxy: 'Proxy',
    tls: 'Connexion sécurisée',
    service: 'Service',
    servers: 'Serveurs de téléchargement',
    sources: 'Sources',
  },
  states: { ok: 'fonctionne', failed: 'échoue', 'not-reached': 'non atteint', none: 'non utilisé' },
  by: {
    settings: 'réglé ici',
    script: 'choisi par le fichier PAC',
    system: 'selon le réglage du système',
    environment: 'selon les variables d’environnement',
  },
  is: (host, addresses) => `${host} correspond à ${addresses}`,
  isAddress: 'Inutile pour une adresse IP',
  proxyLooksUp: (host) => `Le proxy résout ${host}`,
  noProxy: 'Aucun, connexion directe',
  proxy: (name, by, user) => `${name}, ${by}${user === null ? '' : `, identifié comme ${user}`}`,
  trusted: (host, issuer) => `${host}, certificat émis par ${issuer}`,
  service: (host, version) => `${host} répond, API ${version}`,
  servers: (count, hosts) => `${count < 2 ? `${count} serveur` : `${count} serveurs`} : ${hosts}`,
  notAll: (failed) => `Non atteint : ${failed}`,
  faults: {
    untrusted: (host) => ({
      found: `${host} présente un certificat qu’aucune autorité connue n’a émis.`,
      toDo: 'Si votre organisation a sa propre autorité, ajoutez son fichier CA. Sinon, ne vous fiez pas à cette connexion et interrogez votre service informatique.',
    }),
    inspected: (host) => ({
      found: 'Le proxy ouvre la connexion et la signe de nouveau avec son propre certificat.',
      toDo: `Ajoutez le fichier CA de votre service informatique, ou demandez-lui de ne pas inspecter ${host}.`,
    }),
    expired: (host) => ({
      found: `Le certificat de ${host} a expiré.`,
      toDo: 'Vérifiez la date de cet ordinateur. Si elle est juste, prévenez les responsables du service ou du proxy.',
    }),
    'not-yet-valid': (host) => ({
      found: `Le certificat de ${host} n’est pas encore valable.`,
      toDo: 'Vérifiez la date de cet ordinateur.',
    }),
    'other-name': (host) => ({
      found: `Le certificat porte un autre nom que ${host}.`,
      toDo: 'Vérifiez l’adresse. Sur un réseau avec page d’identification, identifiez-vous d’abord dans votre navigateur.',
    }),
    'certificate-wanted': (host) => ({
      found: `${host} demande un certificat de votre part.`,
      toDo: 'Ajoutez pour cet hôte le certificat client de votre service informatique.',
    }),
  },
  codes: {
    offline: (host) => ({
      found: `${host} est introuvable.`,
      toDo: 'Vérifiez l’adresse et la connexion de cet ordinateur.',
    }),
    timeout: (host) => ({
      found: `${host} ne répond pas.`,
      toDo: 'Un pare-feu bloque peut-être la connexion. Demandez à votre service informatique s’il faut un proxy.',
    }),
    'proxy-unreachable': (host) => ({
      found: `Le proxy ${host} est injoignable.`,
      toDo: 'Vérifiez son adresse et son port avec votre service informatique.',
    }),
    'proxy-auth': (host) => ({
      found: `Le proxy ${host} demande un nom d’utilisateur et un mot de passe.`,
      toDo: 'Saisissez-les dans Réglages, Connexion, ou avec « desk network login ». Seule l’identification de base fonctionne : pour Kerberos ou NTLM, demandez une exception, ou un relais sur cet ordinateur.',
    }),
    'proxy-refused': (host) => ({
      found: `Le proxy ${host} refuse cette adresse.`,
      toDo: 'Demandez à votre service informatique de l’autoriser, aussi pour CONNECT.',
    }),
    'captive-portal': (host) => ({
      found: `Une page web répond à la place de ${host}.`,
      toDo: 'Identifiez-vous sur ce réseau dans votre navigateur, puis relancez le test.',
    }),
    usage: () => ({
      found: 'Le script de proxy (PAC) ne fonctionne pas.',
      toDo: 'Envoyez le rapport à votre service informatique : le script lui-même échoue.',
    }),
    tls: (host) => ({
      found: `Aucune connexion sécurisée à ${host} n’a pu être établie.`,
      toDo: 'Quelque chose interfère peut-être en chemin. Envoyez le rapport à votre service informatique.',
    }),
    'service-unreachable': (host) => ({
      found: `${host} est injoignable.`,
      toDo: 'Vérifiez l’adresse et son port, et que le service fonctionne. Un pare-feu refuse peut-être la connexion.',
    }),
    'client-too-old': () => ({
      found: 'Le service exige une version plus récente de cette application.',
      toDo: 'Mettez l’application à jour.',
    }),
  },
  noScript: {
    found: 'Le script de proxy (PAC) est illisible.',
    toDo: 'Vérifiez son adresse avec votre service informatique. Tant qu’il est illisible, rien n’est joignable.',
  },
  other: (kind, hosts) => ({
    found:
      kind === 'service'
        ? `${hosts} répond, mais pas comme un service.`
        : `${hosts} est injoignable.`,
    toDo:
      kind === 'service'
        ? 'Vérifiez l’adresse. La réponse a peut-être été modifiée en chemin.'
        : 'Demandez à votre service informatique si le pare-feu ou le proxy le laisse passer.',
  }),
  names: {
    expected: 'Attendu',
    received: 'Reçu',
    fingerprint: 'Empreinte SHA-256',
    valid: 'Validité',
  },
  expected: (host) => `${host}, d’une autorité connue`,
  received: (subject, issuer) => `${subject}, émis par « ${issuer} »`,
  valid: (from, to) => `du ${from} au ${to}`,
  verdicts: {
    well: 'Tout fonctionne.',
    noService: 'Aucun service n’est configuré.',
    untrusted: 'Le certificat n’est pas approuvé.',
    name: 'L’adresse est introuvable.',
    proxy: 'La connexion échoue au proxy.',
    tls: 'La connexion sécurisée échoue.',
    service: 'Le service ne répond pas comme il devrait.',
    servers: 'Certains serveurs de téléchargement sont injoignables.',
    sources: 'Certaines sources sont injoignables.',
  },
};

export const CONNECTION_WORDS: Record<Language, Words> = { en, fr: keptTogether(fr) };

function foundOf(hop: Hop, words: Words): string {
  const { kind, state, hosts, found, failed, by, certificate } = hop;
  const [host = ''] = hosts;
  if (state === 'not-reached') return hosts.join(', ');
  switch (kind) {
    case 'name':
      if (state === 'none') return hop.detail === null ? words.isAddress : words.proxyLooksUp(host);
      return words.is(host, found.join(', '));
    case 'proxy':
      return state === 'none'
        ? words.noProxy
        : words.proxy(host, words.by[by ?? 'settings'], found[0] ?? null);
    case 'tls':
      return words.trusted(host, certificate?.issuer ?? '');
    case 'service':
      return words.service(host, found[0] ?? '');
    case 'servers':
    case 'sources':
      return failed.length === 0
        ? words.servers(hosts.length, hosts.join(', '))
        : words.notAll(failed.join(', '));
  }
  return kind satisfies never;
}

/** Of a certificate that isn't trusted: what was expected and what came. */
function factsOf(
  { state, hosts, certificate }: Hop,
  words: Words,
  language: Language,
): HopWords['facts'] {
  if (state !== 'failed' || certificate === null) return [];
  const date = (ms: number): string =>
    new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'fr', { dateStyle: 'medium' }).format(ms);
  const { subject, issuer, fingerprint, validFrom, validTo } = certificate;
  return [
    [words.names.expected, words.expected(hosts[0] ?? '')],
    [words.names.received, words.received(subject, issuer)],
    [words.names.fingerprint, fingerprint.match(/../gu)?.join(' ') ?? ''],
    [words.names.valid, words.valid(date(validFrom), date(validTo))],
  ];
}

/** What is said of one part of a test; the page, the command line and the report have the same words. */
export function hopWords(hop: Hop, language: Language): HopWords {
  const words = CONNECTION_WORDS[language];
  const title = words.titles[hop.kind];
  if (hop.state !== 'failed') return { title, found: foundOf(hop, words), toDo: null, facts: [] };
  const named = (hop.failed.length > 0 ? hop.failed : hop.hosts).join(', ');
  const isScript = hop.by === 'script' && hop.hosts.length === 0;
  const said =
    isScript && hop.code !== 'usage'
      ? words.noScript
      : hop.fault !== null
        ? words.faults[hop.fault](named)
        : ((hop.code && words.codes[hop.code]?.(named)) ?? words.other(hop.kind, named));
  return { title, ...said, facts: factsOf(hop, words, language) };
}

/** The result of a test in one sentence. */
export function verdictOf({ host, hops }: ConnectionTest, language: Language): string {
  const words = CONNECTION_WORDS[language].verdicts;
  const failed = hops.find(({ state }) => state === 'failed');
  if (failed)
    return words[
      failed.fault === 'untrusted' || failed.fault === 'inspected' ? 'untrusted' : failed.kind
    ];
  return host === null && hops.length === 0 ? words.noService : words.well;
}

/** A test as text, for those who run the network. */
export function reportOf(
  test: ConnectionTest,
  program: readonly string[],
  language: Language,
): string {
  const words = CONNECTION_WORDS[language];
  const at = new Date(test.at).toISOString();
  const lines = test.hops.flatMap((hop, n) => {
    const { title, found, toDo, facts } = hopWords(hop, language);
    const time = hop.ms === null ? '' : `, ${hop.ms} ms`;
    return [
      `${n + 1}. ${title}: ${words.states[hop.state]}${time}`,
      `   ${found}`,
      ...facts.map(([name, value]) => `   ${name}: ${value}`),
      ...(hop.state === 'failed' && hop.detail !== null && hop.detail !== ''
        ? hop.detail.split('\n').map((line) => `   [${hop.code}] ${line}`)
        : []),
      ...(toDo === null ? [] : [`   ${toDo}`]),
    ];
  });
  return [
    ...program,
    `${at}, ${test.ms} ms`,
    ...(test.host === null ? [] : [test.host]),
    verdictOf(test, language),
    '',
    ...lines,
    '',
  ].join('\n');
}
