import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { childText, parseXml } from '../../../../infra/local/s3/parseXml.ts';
import { xmlDocument } from '../../../../infra/local/s3/xml.ts';

describe('documents of the one-machine S3', () => {
  test('read back as they were written, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const document = xmlDocument('Delete', { Object: [{ Key: text }, { Key: 'second' }] });
        const keys = parseXml(document, 'Delete').children.map((object) => childText(object, 'Key'));
        expect(keys).toEqual([text, 'second']);
      }),
    );
  });

  test.each([
    { body: '', why: 'nothing' },
    { body: '<Delete>', why: 'an open element' },
    { body: '<Delete></Other>', why: 'crossed elements' },
    { body: '</Delete>', why: 'an end without a start' },
    { body: '<Other></Other>', why: 'another root' },
    { body: '<Delete/><Delete/>', why: 'two roots' },
    { body: '<!DOCTYPE x [<!ENTITY a "b">]><Delete>&a;</Delete>', why: 'a document type' },
    { body: '<Delete><!-- x --></Delete>', why: 'a comment' },
    { body: '<Delete><![CDATA[x]]></Delete>', why: 'CDATA' },
    { body: '<Delete>&unknown;</Delete>', why: 'an unknown entity' },
    { body: '<Delete>a & b</Delete>', why: 'a bare ampersand' },
    { body: '<Delete>&#x110000;</Delete>', why: 'a character beyond Unicode' },
    { body: `<Delete>${'<a>'.repeat(9)}${'</a>'.repeat(9)}</Delete>`, why: 'depth' },
  ])('are refused for $why', ({ body }) => {
    expect(() => parseXml(body, 'Delete')).toThrow(expect.objectContaining({ name: 'MalformedXML' }));
  });

  test('may have a declaration, namespaces and space', () => {
    const body =
      '<?xml version="1.0"?>\n<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\n <Quiet>true</Quiet></Delete>\n';
    expect(childText(parseXml(body, 'Delete'), 'Quiet')).toBe('true');
  });
});
