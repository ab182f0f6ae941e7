// Which theme before the first paint? What was chosen here before, else what the system prefers.
try {
  var chosen = JSON.parse(localStorage.getItem('cresset.preferences') || '{}').theme;
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch (_) { /* storage may be closed to us; the system's preference holds */ }
