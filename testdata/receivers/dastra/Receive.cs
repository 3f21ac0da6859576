// A receiver by Dastra's page, in the way of its C# sample: the body is read as
// text, and signed under the key's UTF-8. The key is in SECRET, the port is the
// first argument.
using System;
using System.IO;
using System.Net;
using System.Security.Cryptography;
using System.Text;

static class Receive
{
    static bool Valid(string signature, string body, string secret)
    {
        using (var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(secret)))
        {
            var made = Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes(body)));
            return made.Equals(signature);
        }
    }

    static void Main(string[] args)
    {
        var secret = Environment.GetEnvironmentVariable("SECRET");
        var listener = new HttpListener();
        listener.Prefixes.Add("http://127.0.0.1:" + args[0] + "/");
        listener.Start();
        Console.WriteLine("started");
        while (true)
        {
            var context = listener.GetContext();
            string body;
            using (var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8))
            {
                body = reader.ReadToEnd();
            }
            var valid = Valid(context.Request.Headers["Dastra-Signature"], body, secret);
            context.Response.StatusCode = valid ? 200 : 401;
            context.Response.Close();
        }
    }
}
