import { expect, test } from 'vitest';
import { externalAddress } from '../../../src/shared/model/url.ts';

test.each([
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'data:text/html,x',
  'blob:https://e.example/x',
  'file:///etc/passwd',
  'http://e.example/',
  'ftp://e.example/',
  '//e.example/',
  '/news',
  'news',
  '',
  'https:',
  'https://',
  'https://user@e.example/',
  'https://user:password@e.example/',
  'https://localhost/',
  'https://LOCALHOST:8443/',
  'https://localhost./',
  'https://a.localhost/',
  'https://127.0.0.1/',
  'https://127.9.9.9:1/',
  'https://0x7f.1/',
  'https://2130706433/',
  'https://0.0.0.0/',
  'https://[::1]/',
  'https://[::]/',
  'https://[0:0:0:0:0:0:0:1]:9/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:0.0.0.0]/',
  'mailto:',
  'mailto:a@b.example,c@d.example',
  'mailto:a@b.example%2Cc%40d.example',
  'mailto:a@b.example%0D%0Abcc:c',
  'mailto:a@b.example%3Fbcc=c',
  'mailto:a@b.example%ff',
  'https://[::7f00:1]/',
  'https://[64:ff9b::7f00:1]/',
  'vbscript:x',
  'app://bundle/index.html',
])('%j is not opened', (text) => {
  expect(externalAddress(text)).toBeNull();
});

test.each([
  ['https://e.example/a?b#c', 'https://e.example/a?b#c', 'e.example'],
  ['HTTPS://E.example:8443', 'https://e.example:8443/', 'e.example:8443'],
  ['https://bücher.example/', 'https://xn--bcher-kva.example/', 'xn--bcher-kva.example'],
  ['https://128.0.0.1/', 'https://128.0.0.1/', '128.0.0.1'],
  ['https://localhost.example/', 'https://localhost.example/', 'localhost.example'],
  ['https://[2001:db8::1]/', 'https://[2001:db8::1]/', '[2001:db8::1]'],
  ['mailto:desk%2Bnews@e.example', 'mailto:desk%2Bnews@e.example', 'desk%2Bnews@e.example'],
  ['mailto:desk@e.example?subject=x&bcc=y@e.example', 'mailto:desk@e.example', 'desk@e.example'],
])('%j is opened, and where it leads is shown', (text, href, host) => {
  expect(externalAddress(text)).toEqual({ href, host });
});
