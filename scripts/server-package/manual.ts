// The manual page and the completion of `desk`, made from the command line's own help.
import type { Command, Help, Option } from 'commander';
import { EXIT_CODES } from '../../src/main/cli/output.ts';

/** A text of the program as roff reads it: nothing in it is a request, and options can be copied. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^(?=[.'])/gmu, '\\&');

const tagged = (term: string, text: string): string =>
  `.TP\n\\fB${roff(term)}\\fP\n${roff(text) || '\\&'}`;

/** All commands below one, each with its words. */
function* commandsBelow(command: Command, help: Help, words: string): Generator<[string, Command]> {
  for (const child of help.visibleCommands(command)) {
    if (child.name() === 'help') continue;
    const own = `${words} ${child.name()}`;
    yield [own, child];
    yield* commandsBelow(child, help, own);
  }
}

/** Options of a command that aren't those of all. */
function ownOptions(program: Command, command: Command, help: Help): Option[] {
  const globals = new Set(program.options.map(({ long }) => long));
  return help.visibleOptions(command).filter(({ long }) => long !== '--help' && !globals.has(long));
}

/** @param date of the release, ISO 8601 */
export function manualPage(program: Command, version: string, date: string): string {
  const help = program.createHelp();
  const sections = Array.from(commandsBelow(program, help, program.name()), ([words, command]) =>
    [
      `.SS ${roff(words)}`,
      `\\fB${roff(words)}\\fP ${roff(help.commandUsage(command).split(' ').slice(words.split(' ').length).join(' '))}`,
      '.PP',
      roff(help.commandDescription(command)),
      ...help
        .visibleArguments(command)
        .filter(({ description }) => description !== '')
        .map((one) => tagged(help.argumentTerm(one), help.argumentDescription(one))),
      ...ownOptions(program, command, help).map((option) =>
        tagged(
          help.optionTerm(option),
          help.optionDescription(option) || (option.mandatory ? 'required' : ''),
        ),
      ),
    ].join('\n'),
  );
  return `${[
    `.TH DESK 1 "${date}" "Multimedia Desk ${version}" "User Commands"`,
    '.SH NAME',
    'desk \\- Multimedia Desk on the command line',
    '.SH SYNOPSIS',
    '.B desk',
    roff('[options] command …'),
    '.SH DESCRIPTION',
    roff(program.description()),
    '.PP',
    roff('What each command needs and does is also said by: desk <command> --help'),
    '.SH OPTIONS',
    'Before or after the name of any command:',
    ...help
      .visibleOptions(program)
      .map((option) => tagged(help.optionTerm(option), help.optionDescription(option))),
    '.SH COMMANDS',
    ...sections,
    '.SH EXIT STATUS',
    ...Object.entries(EXIT_CODES).map(([code, meaning]) => tagged(code, meaning)),
    '.SH ENVIRONMENT',
    tagged('MULTIMEDIA_DESK_HOME', 'the folder of --home'),
    tagged('MULTIMEDIA_DESK_SERVICE', 'the address of --service'),
    tagged(
      'CREDENTIALS_DIRECTORY',
      'set by systemd for a unit: the key of the credential file is multimedia-desk-key in it',
    ),
    tagged('HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'the proxy, where the settings name none'),
    '.SH FILES',
    tagged('/var/lib/multimedia-desk', 'home of the system service'),
    tagged('~/.config/multimedia-desk', 'home of a user'),
    tagged(
      '/usr/share/doc/multimedia-desk-server/server.md',
      'how to set up the service and its credential',
    ),
    '.SH SEE ALSO',
    '.BR systemctl (1),',
    '.BR systemd\\-creds (1)',
  ].join('\n')}\n`;
}

/** A bash completion of commands and options. */
export function completion(program: Command): string {
  const help = program.createHelp();
  const globals = program.options.map(({ long }) => long ?? '');
  const cases = [[program.name(), program] as const, ...commandsBelow(program, help, 'desk')].map(
    ([words, command]) =>
      `    '${words}') words='${[
        ...help.visibleCommands(command).map((child) => child.name()),
        ...ownOptions(program, command, help).map(({ long }) => long ?? ''),
        ...globals,
      ].join(' ')}' ;;`,
  );
  const paths = Array.from(commandsBelow(program, help, 'desk'), ([words]) => `'${words}'`);
  return `# bash completion of desk, made from its help
_desk() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path=desk words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
    ${paths.join('|')}) path="$path $word" ;;
    esac
  done
  case $path in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _desk desk
`;
}
