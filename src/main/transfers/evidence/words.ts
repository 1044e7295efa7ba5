const en = {
  title: (name: string) => `Evidence report: ${name}`,
  intro: 'What came from where, how it was verified, and what was accepted. Made from what was recorded while it was downloaded.',
  made: 'Report made', state: 'State', source: 'Source', service: 'Service', account: 'Account', packageId: 'Package', assetId: 'Asset', revision: 'revision', folder: 'Folder', size: 'Size',
  manifest: 'Manifest', signed: (key: string) => `signature checked, Ed25519, key ${key}`, unsigned: 'none: the hashes are those that the address or the Metalink came with',
  added: 'Queued', finished: 'Finished', resumes: 'Resumed', refetched: 'Fetched again', times: (n: number) => (n === 1 ? 'once' : `${n} times`), never: 'never', none: 'none',
  terms: 'Terms accepted', termId: 'Id', termText: 'Text', termWhen: 'Accepted', noTerms: 'No terms had to be accepted.',
  runs: 'Runs', started: 'Started', ended: 'Ended', end: 'How it ended', cutOff: 'cut off',
  files: 'Files', file: 'File', bytes: 'Bytes', verified: 'Verified', from: 'From',
  separator: '; ',
  phases: { queued: 'queued', waiting: 'waiting', running: 'running', verifying: 'being verified', publishing: 'being put in place', paused: 'paused', done: 'done', failed: 'failed', cancelled: 'cancelled', finished: 'finished', stopped: 'stopped' } as Record<string, string>,
  states: { verified: 'verified', unverified: 'there is no hash to compare with', missing: 'not here', failed: 'failed' },
  by: { pieces: 'by its pieces', whole: 'as a whole', 'pieces and whole': 'by its pieces and as a whole' },
  copied: (path: string) => `copied from verified content at ${path}`, inPlace: 'was in place', given: (name: string) => `original name: ${name}`, repaired: (pieces: string) => `mended: pieces ${pieces}`,
  origin: (host: string, bytes: string, answers: number) => `${host}: ${bytes} in ${answers === 1 ? '1 answer' : `${answers} answers`}`,
  redirected: (host: string) => `led on to ${host}`, faults: (codes: string) => `faults: ${codes}`, dropped: 'not asked any more',
  routes: { plain: 'read from the socket', proxy: 'over node:http, because of a proxy', 'not-plain': 'over node:http, because its answer was not plain' },
};
type Words = typeof en;

const fr: Words = {
  title: (name) => `Rapport de preuve : ${name}`,
  intro: 'Ce qui est venu d’où, comment cela a été vérifié et ce qui a été accepté. Établi à partir de ce qui a été noté pendant le transfert.',
  made: 'Rapport établi', state: 'État', source: 'Source', service: 'Service', account: 'Compte', packageId: 'Lot', assetId: 'Sujet', revision: 'révision', folder: 'Dossier', size: 'Taille',
  manifest: 'Manifeste', signed: (key) => `signature vérifiée, Ed25519, clé ${key}`, unsigned: 'aucun : les empreintes sont celles données avec l’adresse ou le Metalink',
  added: 'Mis en file', finished: 'Terminé', resumes: 'Repris', refetched: 'Retransféré', times: (n) => (n === 1 ? 'une fois' : `${n} fois`), never: 'jamais', none: 'rien',
  terms: 'Conditions acceptées', termId: 'Id', termText: 'Texte', termWhen: 'Acceptées', noTerms: 'Aucune condition n’était à accepter.',
  runs: 'Exécutions', started: 'Début', ended: 'Fin', end: 'Issue', cutOff: 'interrompue',
  files: 'Fichiers', file: 'Fichier', bytes: 'Octets', verified: 'Vérifié', from: 'Provenance',
  separator: ' ; ',
  phases: { queued: 'en file', waiting: 'en attente', running: 'en cours', verifying: 'en vérification', publishing: 'mise en place', paused: 'en pause', done: 'terminé', failed: 'échoué', cancelled: 'annulé', finished: 'terminée', stopped: 'arrêtée' },
  states: { verified: 'vérifié', unverified: 'aucune empreinte à comparer', missing: 'absent', failed: 'échoué' },
  by: { pieces: 'par ses morceaux', whole: 'en entier', 'pieces and whole': 'par ses morceaux et en entier' },
  copied: (path) => `copié d’un contenu vérifié en ${path}`, inPlace: 'était en place', given: (name) => `nom d’origine : ${name}`, repaired: (pieces) => `réparé : morceaux ${pieces}`,
  origin: (host, bytes, answers) => `${host} : ${bytes} en ${answers === 1 ? '1 réponse' : `${answers} réponses`}`,
  redirected: (host) => `redirigé vers ${host}`, faults: (codes) => `défauts : ${codes}`, dropped: 'n’est plus sollicité',
  routes: { plain: 'lu sur la socket', proxy: 'par node:http, à cause d’un proxy', 'not-plain': 'par node:http, la réponse n’étant pas simple' },
};

export const evidenceWords = { en, fr };
