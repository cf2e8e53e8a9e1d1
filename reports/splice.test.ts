import { compile } from '@mdx-js/mdx';
import { assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleStatistics } from './example.ts';
import { printMarkdownSection } from './formats/markdown.ts';
import { placeIn, SpliceError } from './splice.ts';

const SECTION = '## Incidence statistics\n\nNew.\n';

function spliced(document: string, name = 'page.md', policy = 'SQ34401', section = SECTION): string {
  return placeIn(document, name, policy).with(section);
}

describe('a section in a document', () => {
  test.each([
    ['page.mdx', '{/* incidence:begin */}', '{/* incidence:end */}'],
    ['page.md', '{/* incidence:begin */}', '{/* incidence:end */}'],
    ['page.md', '<!-- incidence:begin -->', '<!-- incidence:end -->'],
    ['page.markdown', '  <!--incidence:begin-->', '<!--  incidence:end  -->  '],
    ['page.html', '\t<!-- incidence:begin -->', '\t<!-- incidence:end -->'],
  ])('%s, %s: what is between the markers is replaced, the rest stays', (name, begin, end) => {
    for (const old of ['', 'old\n', '\nold\n\nold\n']) {
      const done = spliced(`# A\n\n${begin}\n${old}${end}\n\nrest`, name);
      expect(done).toBe(`# A\n\n${begin}\n\n## Incidence statistics\n\nNew.\n\n${end}\n\nrest`);
    }
  });

  test('doing it twice changes nothing, whatever the document', () => {
    const text = string({ unit: constantFrom('a', ' ', '\n', '\r\n', '{', '`', '#', '<', '\u00e9', '-') });
    assert(
      property(text, text, text, (before, old, after) => {
        const document = `${before.replaceAll('`', '')}\n{/* incidence:begin */}\n${old.replaceAll('`', '')}\n{/* incidence:end */}\n${after}`;
        const once = spliced(document, 'page.mdx');
        expect(spliced(once, 'page.mdx')).toBe(once);
        expect(once.startsWith(before.replaceAll('`', ''))).toBe(true);
        expect(once.endsWith(after)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('keeps the line ends and the byte order mark of the document', () => {
    const done = spliced('\uFEFFA\r\n<!-- incidence:begin -->\r\nold\r\n<!-- incidence:end -->\r\nB\r\n');
    expect(done).toBe(
      '\uFEFFA\r\n<!-- incidence:begin -->\r\n\r\n## Incidence statistics\r\n\r\nNew.\r\n\r\n<!-- incidence:end -->\r\nB\r\n',
    );
  });

  test('several policies: each has markers of its own', () => {
    const document = ['SQ34401', 'SQ34402']
      .map((id) => `{/* incidence:begin ${id} */}\nold ${id}\n{/* incidence:end ${id} */}\n`)
      .join('\n');
    const done = spliced(document, 'page.mdx', 'SQ34402');
    expect(done).toContain('old SQ34401');
    expect(done).not.toContain('old SQ34402');
    expect(() => spliced(document, 'page.mdx', 'SQ34253')).toThrow(/has markers for SQ34401, SQ34402, not for SQ34253/);
  });

  test('the end need not name the policy', () => {
    const document = '{/* incidence:begin SQ34402 */}\nold\n{/* incidence:end */}\n';
    expect(spliced(document, 'page.mdx', 'SQ34402')).toContain('New.');
    expect(() => spliced(document, 'page.mdx', 'SQ34401')).toThrow(SpliceError);
  });

  test('markers in fenced code and in running text are text', () => {
    const fenced = '```md\n<!-- incidence:begin -->\n<!-- incidence:end -->\n```\n';
    const quoted = 'Write <!-- incidence:begin --> there.\n';
    const real = '<!-- incidence:begin -->\nold\n<!-- incidence:end -->\n';
    const done = spliced(fenced + quoted + real);
    expect(done.startsWith(fenced + quoted)).toBe(true);
    expect(done).not.toContain('old');
    expect(() => spliced(fenced + quoted)).toThrow(/has no markers/);
  });

  test.each([
    [
      'no markers',
      'page.mdx',
      '# A\n',
      /page\.mdx has no markers: write \{\/\* incidence:begin \*\/\} and \{\/\* incidence:end \*\/\}/,
    ],
    ['no markers', 'page.html', '<p>A</p>', /write <!-- incidence:begin --> and <!-- incidence:end -->/],
    ['one marker', 'page.md', '<!-- incidence:begin -->\n', /found incidence:begin in line 1/],
    [
      'wrong order',
      'page.md',
      '<!-- incidence:end -->\n<!-- incidence:begin -->\n',
      /found incidence:end in line 1, incidence:begin in line 2/,
    ],
    ['two pairs', 'page.md', '<!-- incidence:begin -->\n<!-- incidence:end -->\n'.repeat(2), /incidence:end in line 4/],
    ['two kinds', 'page.md', '<!-- incidence:begin -->\n{/* incidence:end */}\n', /lines 1 and 2 are of different kinds/],
    ['comments in MDX', 'page.mdx', '<!-- incidence:begin -->\n<!-- incidence:end -->\n', /does not compile in MDX; write \{/],
    ['braces', 'page.html', '{/* incidence:begin */}\n{/* incidence:end */}\n', /line 1 is text in HTML; write <!--/],
    ['another kind of document', 'page.docx', '', /page\.docx: expected a Markdown, MDX or HTML document/],
  ])('%s in %s: a message that says what to do', (_, name, document, message) => {
    expect(() => spliced(document, name)).toThrow(SpliceError);
    expect(() => spliced(document, name)).toThrow(message);
  });

  test('markers of MDX stay markers of MDX, and the whole compiles', async () => {
    const section = printMarkdownSection(exampleStatistics());
    const done = spliced('# A\n\n{/* incidence:begin */}\n{/* incidence:end */}\n', 'page.mdx', 'SQ34401', section);
    await expect(compile(done)).resolves.toBeDefined();
    await expect(compile(done.replace('{/* incidence:begin */}', '<!-- incidence:begin -->'))).rejects.toThrow(
      /Unexpected character/,
    );
  });
});
