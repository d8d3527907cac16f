/** What an attacker may write who knows that a release tool will show it, by what it attempts. */
export const attempts: Readonly<Record<string, string>> = {
  'a command': '::error title=Lambda CodeDeploy: succeeded::all is well',
  'a command after a line end': 'x\n::set-output name=outcome::succeeded\r  ::save-state name=run::{}',
  'a command after an uncommon line end':
    'x\u0085::add-mask::7\u2028::stop-commands::pause\v::group::x\f::endgroup::',
  'a command of the old syntax': 'x ##[set-env name=x]y ##[add-mask]7\n##[group]z',
  'a command behind what cannot be seen': '\u200b::error::x\u00ad##\u200b[error]x\ufeff::debug::x',
  'escapes of commands': '%0A::error::x%0D%0A##[error]x%25',
  headings: 'x\n\n# succeeded\n\nsucceeded\n===\n---\n***',
  emphasis: '**a** __b__ *c* _d_ ~~e~~ ~f~ \\*g\\*',
  lists: '- a\n* b\n1. c\n> d\n- [x] e',
  tables: '| a | b |\n| --- | --- |\n| c | d |\n\\| e',
  fences: '```\n# succeeded\n```\n~~~\nx\n~~~\n``````````\n`a` ``b``',
  links:
    '[a](https://example.com) ![x](https://example.com/x.png) <https://example.com> https://example.com www.example.com a@example.com [r]: https://example.com',
  mentions:
    '@everyone #1 acme/payments#2 GH-3 1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d :rocket: $x^2$ $$y$$ [^1]',
  tags: '</table></details></code></pre><h1>succeeded</h1><script>x</script><img src=x onerror=y>',
  'comments and entities': 'a <!-- b -->&lt;b&gt; &#60;i&#62; &amp;copy; <![CDATA[ c ]]> <?d ?>',
  attributes: '" onclick="x" \' href=\'javascript:x\' ">',
  Mermaid:
    '%%{init: {"theme":"dark"}}%%\nsection x\nclick y href "javascript:z"\nx :crit, done, 00:00:00, 1d;#35;{}',
  bidirectional: '\u202eereh gnihton\u202c \u2066x\u2069 \u200fy\u061c',
  'control characters': 'a\u0000b\u0007c\u0008d\u001b[2J\u001b[32mAll green\u001b[0m\u009b31m\u007f\ttab',
  'half a character': 'a\ud800b\udc00c',
  megabytes: 'x'.repeat(1_100_000),
  'megabytes of pairs': `x${'💶'.repeat(700)}\n`.repeat(400),
  'megabytes of lines': '::error::x\n'.repeat(100_000)
}
