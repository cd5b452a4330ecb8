@app
echo

@http
post /echo

@ws

@aws
region us-east-1
