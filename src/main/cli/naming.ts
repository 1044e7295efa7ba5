import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { FILE_TOKENS, fileTemplateFault } from '../../shared/model/file-names.ts';
import {
  FOLDER_TOKENS,
  MAX_TEMPLATE_CHARACTERS,
  templateFault,
  type TemplateFault,
} from '../../shared/model/names.ts';

/** How the folder of a package and the files in it are named. */
export type NamingOptions = { folderName?: string; fileName?: string };

const listed = (tokens: readonly string[]): string => tokens.map((token) => `{${token}}`).join(' ');

const NAMING_HELP = `
Names by a template (--folder-name, --file-name); without one they are the publisher’s:
  {date}_{id}_{title}_{language}_{rendition}   2026-11-24_AUR-26-1147_Glacier-lake_EN_1080i50.mxf
  ${listed(FOLDER_TOKENS)}
  for files also: ${listed(FILE_TOKENS.slice(FOLDER_TOKENS.length))}
A slash makes a subfolder. A file keeps its publisher’s extension. Names are safe on Windows, macOS
and Linux; long ones are shortened, and what would be called alike is numbered. They count for what
is queued from then on: a package that is in its folder already keeps its names.`;

/** @param more what else may stand in the place of a template */
export const withNamingOptions = (command: Command, more = ''): Command =>
  command
    .option('--folder-name <template>', `name of each package’s folder, such as {date}/{id}${more}`)
    .option('--file-name <template>', `names of the files in it, such as {date}_{id}_{name}${more}`)
    .addHelpText('after', NAMING_HELP);

function faultText(
  option: string,
  fault: TemplateFault,
  tokens: readonly string[],
  needed: string,
): string {
  if (fault.kind === 'unknown-token')
    return `{${fault.token}} isn’t a field of ${option}. Use: ${listed(tokens)}`;
  return fault.kind === 'brace'
    ? `Use braces in pairs around a field for ${option}: ${listed(tokens)}`
    : `Include ${needed} in ${option}, so that names tell apart what they name`;
}

function checked(
  template: string | undefined,
  option: string,
  fault: (template: string) => TemplateFault | null,
  [tokens, needed]: readonly [readonly string[], string],
): string | null {
  if (template === undefined) return null;
  if (template.length > MAX_TEMPLATE_CHARACTERS)
    throw new AppError('usage', `Use at most ${MAX_TEMPLATE_CHARACTERS} characters for ${option}`);
  const found = fault(template);
  if (found) throw new AppError('usage', faultText(option, found, tokens, needed));
  return template;
}

/**
 * The templates of a command; null for the publisher's names.
 * @throws `usage`
 */
export const templatesOf = ({ folderName, fileName }: NamingOptions) => ({
  folderTemplate: checked(folderName, '--folder-name', templateFault, [
    FOLDER_TOKENS,
    '{title} or {id}',
  ]),
  fileTemplate: checked(fileName, '--file-name', fileTemplateFault, [
    FILE_TOKENS,
    '{name}, {number}, {role}, {title} or {id}',
  ]),
});
