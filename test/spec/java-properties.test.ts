/** Expected values are those of java.util.Properties. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadJavaProperties } from '../../src/spec/java-properties.ts';

const read = (text: string) => loadJavaProperties(text).value;

test('names end at the first =, : or blank that is not escaped', () => {
  assert.deepEqual(read('a=1\nb:2\nc 3\nd = 4 \ne\\ f=x=y\n  g\t:\t:z\nh'), {
    a: '1',
    b: '2',
    c: '3',
    d: '4 ',
    'e f': 'x=y',
    g: ':z',
    h: '',
  });
});

test('comments and blank lines are no properties; the last of one name counts', () => {
  assert.deepEqual(read('# a=1\r\n! b=2\r\n\r\n   \r\nc=3\r\nc=4'), { c: '4' });
});

test('a backslash at the end joins lines, two do not', () => {
  assert.deepEqual(read('a=one,\\\n   two\nb=c:\\\\\nd=5\n#x\\\ne=6\nf=end\\'), {
    a: 'one,two',
    b: 'c:\\',
    d: '5',
    e: '6',
    f: 'end',
  });
});

test('escapes', () => {
  assert.deepEqual(read('a=\\t\\n\\u00e9\\q\\=\n\\#b=\\\\'), { a: '\t\né' + 'q=', '#b': '\\' });
  assert.throws(() => loadJavaProperties('a=1\nb=\\u00zz', 'druid.properties'), {
    code: 'invalidInput',
    message: 'druid.properties, line 2: \\u00zz is no character; expected four hexadecimal digits',
  });
});

test('where a property stands', () => {
  const { placeOf } = loadJavaProperties('# c\na=1\n\nb=\\\n2\n', 'f.properties');
  assert.deepEqual(placeOf(['b']), { file: 'f.properties', line: 4, path: 'b' });
  assert.deepEqual(placeOf(['missing']), { file: 'f.properties', path: 'missing' });
});
