// Every exported declaration in src/ is documented, and its first line is a sentence.
const documented = {
  create(context) {
    if (!context.filename.includes('/src/')) return {};
    return {
      ExportNamedDeclaration(node) {
        if (node.declaration == null) return;
        const last = context.sourceCode.getCommentsBefore(node).findLast((comment) => !comment.value.trim().startsWith('oxlint-'));
        const text = last?.type === 'Block' && last.value.startsWith('*') ? last.value.replace(/^\*[ \t]*|\n\s*\*[ \t]?/g, ' ').trim() : undefined;
        if (text === undefined) context.report({ node, message: 'an exported name needs a /** … */ line' });
        else if (!/^[A-Z@`].*[.?:]/s.test(text)) context.report({ node, message: 'a doc comment opens with a sentence' });
      },
    };
  },
};
export default { meta: { name: 'docs' }, rules: { documented } };
