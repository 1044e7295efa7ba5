// npm puts the packaged Node 24 first on the path of every script. Where install scripts were
// skipped the system's Node runs instead, and half the toolchain fails in ways that do not say why.
// Say it here.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `Multimedia Desk needs Node 24; this is ${process.version}. Run "npm ci" with install scripts on, so that node_modules/.bin/node exists, then start again.`,
  );
  process.exit(1);
}
