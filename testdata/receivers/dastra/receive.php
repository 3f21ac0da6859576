<?php
// A receiver by Dastra's page, in the way of its PHP sample: the header is looked
// for among the server's variables, and the key goes through Latin-1 to UTF-8 before
// it signs. Run by php -S, with the key in SECRET.
//
// The sample joins the words of a header's name without a hyphen and so never
// finds Dastra-Signature; here it is put back.

function headers_of(array $server): array
{
    $found = [];
    foreach ($server as $name => $value) {
        if (str_starts_with($name, 'HTTP_')) {
            $words = explode('_', strtolower(substr($name, 5)));
            $found[implode('-', array_map('ucfirst', $words))] = $value;
        }
    }
    return $found;
}

function signature_of(string $body, string $secret): string
{
    $key = iconv('ISO-8859-1', 'UTF-8', $secret);
    return base64_encode(hash_hmac('sha256', $body, $key, true));
}

$body = file_get_contents('php://input');
$sent = headers_of($_SERVER)['Dastra-Signature'] ?? '';
$valid = hash_equals(signature_of($body, getenv('SECRET')), $sent);
http_response_code($valid ? 200 : 401);
echo $valid ? 'valid' : 'invalid';
