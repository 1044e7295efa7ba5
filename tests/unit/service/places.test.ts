import { describe, expect, test } from 'vitest';
import { languageOf } from '../../../src/service/http/language.ts';
import { ipBlock, ipKey, maskedIp } from '../../../src/service/http/limits.ts';

describe('places on the network', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7', '192.0.2', '192.0.2.x'],
    ['::ffff:192.0.2.7', '192.0.2.7', '192.0.2', '192.0.2.x'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::', '2001:db8:1:2::', '2001:db8:1:2::'],
    ['2001:0db8::1', '2001:db8:0:0::', '2001:db8:0:0::', '2001:db8:0:0::'],
    ['fe80::1%eth0', 'fe80:0:0:0::', 'fe80:0:0:0::', 'fe80:0:0:0::'],
    ['::1', '0:0:0:0::', '0:0:0:0::', '0:0:0:0::'],
  ])('%s counts as %s, throttles as %s, shows as %s', (address, key, block, masked) => {
    expect([ipKey(address), ipBlock(address), maskedIp(address)]).toEqual([key, block, masked]);
  });
});

describe('Accept-Language', () => {
  test.each([
    [undefined, 'en'],
    ['', 'en'],
    ['fr', 'fr'],
    ['fr-CA,en;q=0.8', 'fr'],
    ['en;q=0.8, fr;q=0.9', 'fr'],
    ['de, fr;q=0.1', 'fr'],
    ['fr;q=0, en', 'en'],
    ['es', 'en'],
    ['en, fr', 'en'],
    ['FR-fr', 'fr'],
  ])('%j is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});
