// Before the first paint, and a file of its own because the content security policy allows no inline script.
try {
  var theme = localStorage.getItem("backline.theme")
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
} catch {
  // Storage is blocked: the system's theme holds.
}
