// Central told the product something about this account: what the page shows is asked for anew.
new EventSource('/changes').addEventListener('message', () => location.reload())
