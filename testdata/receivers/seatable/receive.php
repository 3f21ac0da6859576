<?php
// A receiver in PHP for what SeaTable's page says in Python: the page leads to an
// article in PHP, and this is its check. Run by php -S, with the secret in SECRET.

$body = file_get_contents('php://input');
$sent = $_SERVER['HTTP_X_SEATABLE_SIGNATURE'] ?? '';
$valid = hash_equals('sha256=' . hash_hmac('sha256', $body, getenv('SECRET')), $sent);
http_response_code($valid ? 200 : 401);
