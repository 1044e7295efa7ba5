// Runs on Windows: makes each file as most programs do, by a name without \\?\, and says which names lie in the folder then.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');

const [, , folder, given, told] = process.argv;
fs.mkdirSync(folder, { recursive: true });
const made = JSON.parse(fs.readFileSync(given, 'utf8')).map((names) => {
  for (const name of fs.readdirSync(folder)) fs.unlinkSync(`${folder}\\${name}`);
  for (const name of names)
    spawnSync('cmd.exe', ['/d', '/c', `echo x>"${folder}\\${name}"`], {
      windowsVerbatimArguments: true,
      stdio: 'ignore',
    });
  return fs.readdirSync(folder).toSorted();
});
fs.writeFileSync(told, JSON.stringify(made));
