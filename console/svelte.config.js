// How is Svelte told? Styles of components are files of the build, never inline.
export default { compilerOptions: { runes: true, css: 'external' } };
